//! Reads a transcript as a stream, in whatever order its members come (check `format`).

use core::fmt;
use std::io::{BufReader, Read};

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::{guard::Guard, list::List};
use crate::{
    entropy::Entropy,
    event::Event,
    hash::Hash,
    hex::Hex,
    policy::Version,
    signature::Signature,
    strict::{AnyValue, integer, object, present, unknown},
    time::Time,
    transcript::{Exclusion, Freeze},
};

const BUFFER: usize = 64 * 1024;

/// What is kept of a transcript. Everything fits the format, and nothing else is known yet.
pub(crate) struct Document {
    pub(crate) policy: Value,
    pub(crate) policy_hash: Hex<32>,
    pub(crate) signature: Signature,
    /// Who was excluded, and when.
    pub(crate) exclusions: Vec<(Hash, Time)>,
    pub(crate) freeze: Option<Freeze>,
    pub(crate) entries: List,
    pub(crate) seed: Option<Hex<32>>,
    pub(crate) entropy: Option<Entropy>,
    /// Ids, and rankings.
    pub(crate) prizes: Vec<(String, Vec<u32>)>,
    pub(crate) events: Vec<Event>,
}

/// Reads a transcript.
///
/// # Errors
/// What is wrong with its format, and where.
pub(crate) fn read(reader: impl Read, progress: &mut dyn FnMut(u64)) -> Result<Document, String> {
    let guarded = BufReader::with_capacity(BUFFER, Guard::new(reader, progress));
    let mut json = serde_json::Deserializer::from_reader(guarded);
    let mut place = Place::default();
    let document = Transcript { place: &mut place }.deserialize(&mut json);
    document
        .and_then(|document| json.end().map(|()| document))
        .map_err(|error| {
            if error.is_eof() {
                format!("{place}it ends in the middle: {error}")
            } else {
                format!("{place}{error}")
            }
        })
}

/// Where in the transcript the reader is.
#[derive(Default)]
struct Place {
    member: &'static str,
    index: Option<usize>,
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.member, self.index) {
            ("", _) => Ok(()),
            (member, None) => write!(formatter, "{member}: "),
            (member, Some(index)) => write!(formatter, "{member}[{index}]: "),
        }
    }
}

struct Transcript<'p> {
    place: &'p mut Place,
}

#[derive(Default)]
struct Members {
    version: Option<Version>,
    policy: Option<Value>,
    policy_hash: Option<Hex<32>>,
    signature: Option<Signature>,
    exclusions: Option<Vec<(Hash, Time)>>,
    freeze: Option<Option<Freeze>>,
    entries: Option<List>,
    seed: Option<Option<Hex<32>>>,
    entropy: Option<Option<Entropy>>,
    prizes: Option<Vec<(String, Vec<u32>)>>,
    events: Option<Vec<Event>>,
}

impl<'de> DeserializeSeed<'de> for Transcript<'_> {
    type Value = Document;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Document, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Transcript<'_> {
    type Value = Document;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Document, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<String>()? {
            members.read(&name, &mut map, self.place)?;
            *self.place = Place::default();
        }
        members.document()
    }
}

impl Members {
    fn read<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A, place: &mut Place) -> Result<(), A::Error> {
        match name {
            "version" => whole(&mut self.version, "version", map, place),
            "policy" => once(&mut self.policy, "policy", map, place, |_| AnyValue),
            "policy_hash" => whole(&mut self.policy_hash, "policy_hash", map, place),
            "signature" => whole(&mut self.signature, "signature", map, place),
            "exclusions" => once(&mut self.exclusions, "exclusions", map, place, |place| Each {
                place,
                kept: Vec::new(),
                keep: |kept, exclusion: Exclusion| kept.push((exclusion.pid.0, exclusion.at)),
            }),
            "freeze" => whole(&mut self.freeze, "freeze", map, place),
            "entries" => once(&mut self.entries, "entries", map, place, |place| Each {
                place,
                kept: List::default(),
                keep: List::push,
            }),
            "seed" => whole(&mut self.seed, "seed", map, place),
            "entropy" => whole(&mut self.entropy, "entropy", map, place),
            "prizes" => once(&mut self.prizes, "prizes", map, place, |place| Each {
                place,
                kept: Vec::new(),
                keep: |kept, prize: Ranked| {
                    kept.push((prize.id, prize.ranking.into_iter().map(|index| index.0).collect()))
                },
            }),
            "events" => once(&mut self.events, "events", map, place, |place| Each {
                place,
                kept: Vec::new(),
                keep: Vec::push,
            }),
            other => Err(unknown(other)),
        }
    }

    fn document<E: Error>(self) -> Result<Document, E> {
        present(self.version, "version")?;
        let policy = present(self.policy, "policy")?;
        if !policy.is_object() {
            return Err(E::custom("policy is not an object"));
        }
        let freeze = present(self.freeze, "freeze")?;
        if let Some(freeze) = &freeze {
            integer(freeze.n)?;
            integer(freeze.total_weight)?;
        }
        Ok(Document {
            policy,
            policy_hash: present(self.policy_hash, "policy_hash")?,
            signature: present(self.signature, "signature")?,
            exclusions: present(self.exclusions, "exclusions")?,
            freeze,
            entries: present(self.entries, "entries")?,
            seed: present(self.seed, "seed")?,
            entropy: present(self.entropy, "entropy")?,
            prizes: present(self.prizes, "prizes")?,
            events: present(self.events, "events")?,
        })
    }
}

fn once<'de, 'p, A: MapAccess<'de>, S: DeserializeSeed<'de>>(
    slot: &mut Option<S::Value>,
    name: &'static str,
    map: &mut A,
    place: &'p mut Place,
    seed: impl FnOnce(&'p mut Place) -> S,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(A::Error::custom(format_args!("the member \"{name}\" is there twice")));
    }
    place.member = name;
    *slot = Some(map.next_value_seed(seed(place))?);
    Ok(())
}

fn whole<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    slot: &mut Option<T>,
    name: &'static str,
    map: &mut A,
    place: &mut Place,
) -> Result<(), A::Error> {
    once(slot, name, map, place, |_| core::marker::PhantomData)
}

/// Reads a list item by item, and keeps of each what is needed.
struct Each<'p, T, I> {
    place: &'p mut Place,
    kept: T,
    keep: fn(&mut T, I),
}

impl<'de, T, I: Deserialize<'de>> DeserializeSeed<'de> for Each<'_, T, I> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, T, I: Deserialize<'de>> Visitor<'de> for Each<'_, T, I> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut items: A) -> Result<T, A::Error> {
        self.place.index = Some(0);
        while let Some(item) = items.next_element()? {
            (self.keep)(&mut self.kept, item);
            self.place.index = self.place.index.map(|index| index + 1);
        }
        self.place.index = None;
        Ok(self.kept)
    }
}

object! {
    /// The ranks of one prize, as they stand in a transcript.
    pub struct Ranked {
        /// The prize's public id.
        pub id: String,
        /// Indices into the list.
        pub ranking: Vec<Index>,
    }
}

/// An index into the list; one that no list can have becomes `u32::MAX`, which is never ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Index(u32);

impl<'de> Deserialize<'de> for Index {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let index = integer(u64::deserialize(deserializer)?)?;
        Ok(Self(u32::try_from(index).unwrap_or(u32::MAX)))
    }
}
