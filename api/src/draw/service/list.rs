//! The list of a draw: who is on it, how it is kept, and how it is read again.

use draw::{CHUNK, Entry, Hash, ListDigest, Policy, TreeBuilder, WeightRule, leaf, pid};
use entity::{
    AgentId, DrawId, ParticipantId, UserId,
    draw::{draw as row, draw_chunk, draw_entrant},
    room::room,
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, sea_query::SelectStatement};
use uuid::Uuid;

use super::stored::hash_of;
use crate::{
    draw::finder,
    error::{Error, Result},
    store::{Scope, Writing, insert_all},
};

/// Bytes of one entrant in a chunk: entry id and weight.
const ENTRY: usize = 36;
/// Participants that are read at once: their rows take more memory than what is kept of them.
const ROWS: u64 = 20_000;
/// Bytes of a participant's id.
const ID: usize = 16;

/// Someone on the list.
struct Entrant {
    entry: Entry,
    participant: ParticipantId,
}

/// A list that is about to be closed.
pub(super) struct List {
    /// What is signed of it.
    pub(super) digest: ListDigest,
    chunks: Vec<Chunk>,
}

struct Chunk {
    entries: Vec<u8>,
    root: Hash,
    participants: Vec<u8>,
}

/// Everybody who is eligible now, in the order of their entry ids. Hashing a long list takes a moment of a thread that
/// serves nobody.
pub(super) async fn gather(tx: &Writing, policy: &Policy, room: &room::Model, draw: DrawId) -> Result<List> {
    let mut candidates = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let found = page(tx, policy, &finder::eligible(policy, room, draw, after, ROWS)).await?;
        let more = found.len() as u64 == ROWS;
        after = found.last().map_or(after, |last| last.participant.0);
        candidates.extend(found);
        if !more {
            break;
        }
    }
    let draw = draw.to_string();
    tokio::task::spawn_blocking(move || close(&draw, candidates))
        .await
        .map_err(Error::internal)?
}

async fn page(tx: &Writing, policy: &Policy, select: &SelectStatement) -> Result<Vec<Candidate>> {
    let candidate = |row: sea_orm::QueryResult| {
        let user: Option<UserId> = row.try_get_by_index(1)?;
        let agent: Option<AgentId> = row.try_get_by_index(2)?;
        let tickets: i64 = row.try_get_by_index(3)?;
        Ok(Candidate {
            participant: row.try_get_by_index(0)?,
            public_id: public_id(user, agent)?,
            weight: weight(policy, tickets),
            nonce: nonce(&row.try_get_by_index::<Vec<u8>>(4)?)?,
        })
    };
    tx.query_all(select).await?.into_iter().map(candidate).collect()
}

struct Candidate {
    participant: ParticipantId,
    public_id: String,
    weight: u32,
    nonce: [u8; 16],
}

/// The id under which someone enters.
///
/// # Errors
/// `INTERNAL` for a participant who is neither user nor agent.
pub(super) fn public_id(user: Option<UserId>, agent: Option<AgentId>) -> Result<String> {
    let id = user
        .map(|user| user.to_string())
        .or(agent.map(|agent| agent.to_string()));
    id.ok_or_else(|| Error::internal(anyhow::anyhow!("a participant is neither user nor agent")))
}

/// A participant's nonce.
///
/// # Errors
/// `INTERNAL` when it is no nonce.
pub(super) fn nonce(bytes: &[u8]) -> Result<[u8; 16]> {
    bytes
        .try_into()
        .map_err(|_| Error::internal(anyhow::anyhow!("a nonce has {} bytes", bytes.len())))
}

/// What an entrant weighs under the policy's rule.
fn weight(policy: &Policy, tickets: i64) -> u32 {
    match policy.weights.rule {
        WeightRule::Equal => 1,
        WeightRule::Tickets => {
            let tickets = u32::try_from(tickets).unwrap_or(0);
            let cap = policy.weights.cap.and_then(|cap| u32::try_from(cap).ok());
            cap.map_or(tickets, |cap| Ord::min(tickets, cap))
        }
    }
}

fn close(draw: &str, candidates: Vec<Candidate>) -> Result<List> {
    let mut entrants = Vec::with_capacity(candidates.len());
    for candidate in candidates.into_iter().filter(|candidate| candidate.weight > 0) {
        let pid = pid(draw, &candidate.public_id, &candidate.nonce);
        entrants.push(Entrant {
            entry: Entry {
                pid,
                weight: candidate.weight,
            },
            participant: candidate.participant,
        });
    }
    entrants.sort_unstable_by_key(|entrant| entrant.entry.pid);
    let total_weight = entrants.iter().map(|entrant| u64::from(entrant.entry.weight)).sum();
    let (mut tree, mut chunks) = (TreeBuilder::new(), Vec::new());
    let mut index = 0;
    for part in entrants.chunks(CHUNK) {
        let mut chunk = Chunk {
            entries: Vec::with_capacity(part.len() * ENTRY),
            root: Hash::default(),
            participants: Vec::with_capacity(part.len() * ID),
        };
        let mut subtree = TreeBuilder::new();
        for entrant in part {
            let leaf = leaf(index, &entrant.entry);
            tree.push(leaf);
            subtree.push(leaf);
            chunk.entries.extend_from_slice(&entrant.entry.pid);
            chunk.entries.extend_from_slice(&entrant.entry.weight.to_be_bytes());
            chunk.participants.extend_from_slice(entrant.participant.0.as_bytes());
            index += 1;
        }
        chunk.root = subtree.root();
        chunks.push(chunk);
    }
    Ok(List {
        digest: ListDigest {
            n: index,
            total_weight,
            root: tree.root(),
        },
        chunks,
    })
}

impl List {
    /// Writes the list, once and for ever.
    pub(super) async fn write(self, tx: &Writing, draw: &row::Model) -> Result<()> {
        let (mut chunks, mut entrants) = (Vec::new(), Vec::new());
        for (number, chunk) in (0..).zip(self.chunks) {
            chunks.push(draw_chunk::ActiveModel {
                draw_id: Set(draw.id),
                number: Set(number),
                organization_id: Set(draw.organization_id),
                room_id: Set(draw.room_id),
                created_at: Set(tx.now()),
                entries: Set(chunk.entries),
                root: Set(chunk.root.to_vec()),
            });
            entrants.push(draw_entrant::ActiveModel {
                draw_id: Set(draw.id),
                number: Set(number),
                organization_id: Set(draw.organization_id),
                room_id: Set(draw.room_id),
                created_at: Set(tx.now()),
                participants: Set(chunk.participants),
            });
        }
        insert_all(tx, chunks).await?;
        Ok(insert_all(tx, entrants).await?)
    }
}

/// The entries of a chunk.
///
/// # Errors
/// `INTERNAL` when what is stored is no list.
pub fn entries(chunk: &draw_chunk::Model) -> Result<Vec<Entry>> {
    let (entries, rest) = chunk.entries.as_chunks::<ENTRY>();
    if !rest.is_empty() {
        return Err(Error::internal(anyhow::anyhow!("a chunk of a list is cut off")));
    }
    let entry = |bytes: &[u8; ENTRY]| {
        let (pid, weight) = bytes.split_at(32);
        Ok(Entry {
            pid: hash_of(pid)?,
            weight: weight.try_into().map(u32::from_be_bytes).map_err(Error::internal)?,
        })
    };
    entries.iter().map(entry).collect()
}

/// The weights of the whole list, in order.
pub(super) async fn weights(scope: &impl Scope, draw: &row::Model) -> Result<Vec<u32>> {
    let count = draw
        .entrant_count
        .and_then(|count| usize::try_from(count).ok())
        .unwrap_or(0);
    let mut weights = Vec::with_capacity(count);
    for number in 0.. {
        let Some(chunk) = finder::chunk(scope, draw.id, number).await? else {
            break;
        };
        weights.extend(entries(&chunk)?.iter().map(|entry| entry.weight));
    }
    Ok(weights)
}

/// The roots of all chunks, in order.
pub(super) async fn roots(scope: &impl Scope, draw: DrawId) -> Result<Vec<Hash>> {
    let roots = finder::chunk_roots(scope, draw).await?;
    roots.iter().map(|root| hash_of(root)).collect()
}

/// Who is behind some indexes of the list, in their order.
pub(super) async fn participants(tx: &Writing, draw: DrawId, indexes: &[u32]) -> Result<Vec<ParticipantId>> {
    let mut numbers: Vec<i32> = indexes.iter().map(|index| number_of(*index)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut found = std::collections::HashMap::new();
    for part in numbers.chunks(64) {
        let rows = finder::entrants(tx, draw, part).await?;
        found.extend(rows.into_iter().map(|row| (row.number, row.participants)));
    }
    let missing = || Error::internal(anyhow::anyhow!("a list does not know one of its entrants"));
    let participant = |index: &u32| {
        let place = *index as usize % CHUNK * ID;
        let bytes = found
            .get(&number_of(*index))
            .and_then(|chunk| chunk.get(place..place + ID));
        let id = Uuid::from_slice(bytes.ok_or_else(missing)?).map_err(Error::internal)?;
        Ok(ParticipantId(id))
    };
    indexes.iter().map(participant).collect()
}

fn number_of(index: u32) -> i32 {
    i32::try_from(index as usize / CHUNK).unwrap_or(i32::MAX)
}

/// Where someone stands on the list: their index, entry, and the leaves of their chunk.
pub(super) async fn find(scope: &impl Scope, draw: DrawId, count: u64, pid: &Hash) -> Result<Option<ListPlace>> {
    // The list is sorted: of the chunks that begin at or before the entry id, the last one holds it, if any does.
    let (mut number, mut found) = (0, None);
    let mut behind = number_of(u32::try_from(count.saturating_sub(1)).map_err(Error::internal)?) + 1;
    while number < behind {
        let middle = number + (behind - number) / 2;
        let Some(chunk) = finder::chunk(scope, draw, middle).await? else {
            return Ok(None);
        };
        if chunk
            .entries
            .get(..pid.len())
            .is_some_and(|first| first <= pid.as_slice())
        {
            (number, found) = (middle + 1, Some(chunk));
        } else {
            behind = middle;
        }
    }
    let Some(chunk) = found else {
        return Ok(None);
    };
    let entries = entries(&chunk)?;
    let Ok(place) = entries.binary_search_by_key(pid, |entry| entry.pid) else {
        return Ok(None);
    };
    let first = u64::try_from(chunk.number).map_err(Error::internal)? * CHUNK as u64;
    let leaves = (first..)
        .zip(&entries)
        .map(|(index, entry)| leaf(index, entry))
        .collect();
    Ok(Some(ListPlace {
        index: first + place as u64,
        weight: entries[place].weight,
        leaves,
    }))
}

/// Where someone stands.
pub(super) struct ListPlace {
    /// From 0.
    pub(super) index: u64,
    /// Their weight.
    pub(super) weight: u32,
    /// Of everybody in the same chunk.
    pub(super) leaves: Vec<Hash>,
}
