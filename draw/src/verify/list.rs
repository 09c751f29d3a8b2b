//! The frozen list while it goes by: hashed and counted at once, kept as small as possible.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use crate::{
    entry::Entry,
    hash::Hash,
    hex::Hex,
    strict::{integer, once, present, unknown},
    tree::{ListDigest, TreeBuilder, leaf},
};

/// What is kept of the entries.
#[derive(Default)]
pub(crate) struct List {
    pub(crate) pids: Vec<Hash>,
    pub(crate) weights: Vec<u32>,
    tree: TreeBuilder,
    total_weight: u64,
    /// The first thing that is wrong with them, and where. It waits until the checks before have passed.
    pub(crate) fault: Option<String>,
}

impl List {
    pub(crate) fn digest(&self) -> ListDigest {
        ListDigest {
            n: self.weights.len() as u64,
            total_weight: self.total_weight,
            root: self.tree.root(),
        }
    }

    pub(crate) fn push(&mut self, row: Row) {
        let index = self.weights.len();
        let fault = match self.pids.last() {
            Some(previous) if *previous == row.pid => Some("has the same pid as the one before it"),
            Some(previous) if *previous > row.pid => Some("is not in its place: entries are sorted by pid"),
            _ => None,
        };
        let weight = u32::try_from(row.weight).unwrap_or(0);
        if self.fault.is_none() {
            self.fault = match fault {
                Some(fault) => Some(format!("entry {index} ({}) {fault}", Hex(row.pid))),
                None if weight == 0 => Some(format!(
                    "entry {index} weighs {}; 1 to 4294967295 is allowed",
                    row.weight
                )),
                None => None,
            };
        }
        let entry = Entry { pid: row.pid, weight };
        self.tree.push(leaf(index as u64, &entry));
        // Faulty weights count as zero, so that the sum of up to 2³² others cannot overflow.
        self.total_weight = self.total_weight.saturating_add(weight.into());
        self.pids.push(row.pid);
        self.weights.push(weight);
    }
}

/// One object of `entries`.
pub(crate) struct Row {
    pid: Hash,
    weight: u64,
}

/// A member of a row; told apart without keeping its name, a million times.
enum Member {
    Pid,
    Weight,
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Row;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Row, A::Error> {
                let (mut pid, mut weight): (Option<Hex<32>>, Option<u64>) = (None, None);
                while let Some(member) = map.next_key()? {
                    match member {
                        Member::Pid => once(&mut pid, "pid", &mut map)?,
                        Member::Weight => once(&mut weight, "weight", &mut map)?,
                    }
                }
                Ok(Row {
                    pid: present(pid, "pid")?.0,
                    weight: integer(present(weight, "weight")?)?,
                })
            }
        }
        deserializer.deserialize_map(Object)
    }
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Member;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a member's name")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Member, E> {
                match name {
                    "pid" => Ok(Member::Pid),
                    "weight" => Ok(Member::Weight),
                    other => Err(unknown(other)),
                }
            }
        }
        deserializer.deserialize_str(Name)
    }
}
