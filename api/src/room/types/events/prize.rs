//! Events about one prize.

use async_graphql::{Context, ID, Object};

use super::{Entry, event_type::event_type};
use crate::{
    gql::{Long, Nullable, OperationContext, Timestamp, load, load_with_deleted, output},
    room::{
        event::PrizeFacts,
        types::{Prize, Room},
    },
};

/// An event about one prize.
macro_rules! prize_event {
    ($(#[doc = $doc:literal])+ $name:ident) => {
        event_type! {
            $(#[doc = $doc])+
            $name(PrizeFacts) {
                /// The prize's id.
                fn prize_id(&self) -> ID {
                    output(self.facts.prize())
                }
                /// The prize's name at the time.
                fn name(&self) -> &str {
                    &self.facts.name
                }
                /// What it was; null for events of a draft and of an earlier version, too. What client programs keep with it is not told here.
                fn description(&self) -> Option<&str> {
                    self.facts.description.as_deref()
                }
                /// Address of its picture; null for events of a draft and of an earlier version, too.
                fn image_url(&self) -> Option<&str> {
                    self.facts.image_url.as_deref()
                }
                /// Its place in the order at the time, from 0.
                fn position(&self) -> i32 {
                    self.facts.position
                }
                /// How many of it there were.
                fn quantity(&self) -> i32 {
                    self.facts.quantity
                }
                /// How many of it nobody had won yet.
                fn quantity_remaining(&self) -> i32 {
                    self.facts.quantity_remaining
                }
                /// The prize as it is now.
                fn prize(&self, ctx) -> Nullable<Prize> {
                    Ok(load_with_deleted(ctx.operation()?, self.facts.prize()).await?)
                }
            }
        }
    };
}

prize_event! {
    /// There is one more prize.
    PrizeCreated
}

prize_event! {
    /// A prize changed, or its place in the order.
    PrizeChanged
}

prize_event! {
    /// A prize was taken off the list.
    PrizeDeleted
}
