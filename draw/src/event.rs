//! What happens after the draw, as the transcript tells it (protocol, steps 7 and 8).

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{
    strict::{integer, once, present, unknown, words},
    time::Time,
};

words! {
    /// Why somebody is passed over when a win ended (protocol, step 7).
    pub enum SkipReason {
        /// They hold as many wins as anybody can.
        WinLimit = "WIN_LIMIT",
        /// They were disqualified in this draw.
        Disqualified = "DISQUALIFIED",
    }
}

/// Something that happened after the draw. Ranks count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Event {
    /// A win became final.
    Claimed {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
    },
    /// The time to claim was over.
    Expired {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
    },
    /// A rank got a win that somebody else lost.
    Promoted {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
    },
    /// A winner did not want the prize.
    Declined {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
        /// Why, where they said so.
        reason: Option<String>,
    },
    /// A rank was passed over.
    Skipped {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
        /// On which of the two grounds.
        reason: SkipReason,
    },
    /// A win was taken away.
    Disqualified {
        /// When.
        at: Time,
        /// The prize's public id.
        prize: String,
        /// The rank.
        rank: u32,
        /// Why.
        reason: String,
        /// By whom.
        actor: String,
    },
    /// The whole draw was taken back.
    Voided {
        /// When.
        at: Time,
        /// Why.
        reason: String,
        /// By whom.
        actor: String,
    },
}

impl Event {
    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Time {
        match self {
            Self::Claimed { at, .. }
            | Self::Expired { at, .. }
            | Self::Promoted { at, .. }
            | Self::Declined { at, .. }
            | Self::Skipped { at, .. }
            | Self::Disqualified { at, .. }
            | Self::Voided { at, .. } => *at,
        }
    }

    /// The word in the transcript's `type`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Claimed { .. } => "CLAIMED",
            Self::Expired { .. } => "EXPIRED",
            Self::Promoted { .. } => "PROMOTED",
            Self::Declined { .. } => "DECLINED",
            Self::Skipped { .. } => "SKIPPED",
            Self::Disqualified { .. } => "DISQUALIFIED",
            Self::Voided { .. } => "VOIDED",
        }
    }
}

impl<'de> Deserialize<'de> for Event {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> de::Visitor<'de> for Object {
            type Value = Event;

            fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Event, A::Error> {
                let mut members = Members::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "type" => once(&mut members.kind, "type", &mut map)?,
                        "at" => once(&mut members.at, "at", &mut map)?,
                        "prize" => once(&mut members.prize, "prize", &mut map)?,
                        "rank" => once(&mut members.rank, "rank", &mut map)?,
                        "reason" => once(&mut members.reason, "reason", &mut map)?,
                        "actor" => once(&mut members.actor, "actor", &mut map)?,
                        other => return Err(unknown(other)),
                    }
                }
                members.event()
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Members of any event, before it is known which.
#[derive(Default)]
struct Members {
    kind: Option<String>,
    at: Option<Time>,
    prize: Option<String>,
    rank: Option<u64>,
    reason: Option<Option<String>>,
    actor: Option<String>,
}

impl Members {
    fn event<E: de::Error>(mut self) -> Result<Event, E> {
        let kind = present(self.kind.take(), "type")?;
        let at = present(self.at, "at")?;
        let event = match kind.as_str() {
            "VOIDED" => Event::Voided {
                at,
                reason: self.given_reason()?,
                actor: present(self.actor.take(), "actor")?,
            },
            _ => {
                let prize = present(self.prize.take(), "prize")?;
                // No prize has that many ranks.
                let rank = u32::try_from(integer(present(self.rank.take(), "rank")?)?).unwrap_or(u32::MAX);
                self.event_of_rank(&kind, at, prize, rank)?
            }
        };
        match self.left() {
            Some(name) => Err(E::custom(format_args!("{kind} has no member \"{name}\""))),
            None => Ok(event),
        }
    }

    fn event_of_rank<E: de::Error>(&mut self, kind: &str, at: Time, prize: String, rank: u32) -> Result<Event, E> {
        Ok(match kind {
            "CLAIMED" => Event::Claimed { at, prize, rank },
            "EXPIRED" => Event::Expired { at, prize, rank },
            "PROMOTED" => Event::Promoted { at, prize, rank },
            "DECLINED" => {
                let reason = present(self.reason.take(), "reason")?;
                Event::Declined {
                    at,
                    prize,
                    rank,
                    reason,
                }
            }
            "SKIPPED" => {
                let word = de::value::StringDeserializer::<E>::new(self.given_reason()?);
                let reason = SkipReason::deserialize(word)?;
                Event::Skipped {
                    at,
                    prize,
                    rank,
                    reason,
                }
            }
            "DISQUALIFIED" => Event::Disqualified {
                at,
                prize,
                rank,
                reason: self.given_reason()?,
                actor: present(self.actor.take(), "actor")?,
            },
            other => {
                let other = crate::strict::shortened(other);
                return Err(E::custom(format_args!("\"{other}\" is no type of event")));
            }
        })
    }

    fn given_reason<E: de::Error>(&mut self) -> Result<String, E> {
        present(self.reason.take(), "reason")?.ok_or_else(|| E::custom("the member \"reason\" is null"))
    }

    /// A member that this type of event does not have.
    fn left(&self) -> Option<&'static str> {
        let members = [
            ("prize", self.prize.is_some()),
            ("rank", self.rank.is_some()),
            ("reason", self.reason.is_some()),
            ("actor", self.actor.is_some()),
        ];
        members.iter().find(|(_, there)| *there).map(|(name, _)| *name)
    }
}
