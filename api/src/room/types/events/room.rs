//! Events of the room itself.

use async_graphql::{Context, ID, Object};

use super::{Entry, event_type::event_type};
use crate::{
    gql::{Long, OperationContext, Timestamp, load, output},
    room::{
        event::RoomFacts,
        types::{Room, room::RoomStatus},
    },
};

event_type! {
    /// The room went from one status to the next.
    RoomStatusChanged((RoomStatus, RoomStatus)) {
        /// The status before.
        fn previous_status(&self) -> RoomStatus {
            self.facts.0
        }
        /// The status from then on.
        fn room_status(&self) -> RoomStatus {
            self.facts.1
        }
    }
}

event_type! {
    /// The room's own fields changed: as they are from then on. What is in `settings` and `app` is read from `room`.
    RoomChanged(RoomFacts) {
        /// The room's title.
        fn title(&self) -> &str {
            &self.facts.title
        }
        /// What it is about; null for events of a draft and of an earlier version, too.
        fn description(&self) -> Option<&str> {
            self.facts.description.as_deref()
        }
        /// Whether everybody sees it once it is no draft; null for events of a draft and of an earlier version.
        fn is_public(&self) -> Option<bool> {
            self.facts.is_public
        }
        /// When it starts; null for events of a draft and of an earlier version, too.
        fn starts_at(&self) -> Option<Timestamp> {
            self.facts.starts_at.map(Timestamp)
        }
        /// When it ends; null for events of a draft and of an earlier version, too.
        fn ends_at(&self) -> Option<Timestamp> {
            self.facts.ends_at.map(Timestamp)
        }
        /// How many people can be in it at once; null for events of a draft and of an earlier version, too.
        fn max_participants(&self) -> Option<i32> {
            self.facts.max_participants
        }
    }
}
