//! Events about one participant.

use async_graphql::{Context, ID, Object};

use super::{Entry, event_type::event_type};
use crate::{
    gql::{Long, Nullable, OperationContext, Timestamp, load, load_with_deleted, output},
    identity::Profile,
    room::{
        event::ParticipantFacts,
        types::{Participant, ParticipantRole, Room},
    },
};

/// An event about one participant.
macro_rules! participant_event {
    ($(#[doc = $doc:literal])+ $name:ident($type:ty, |$facts:ident| $participant:expr) { $($more:tt)* }) => {
        event_type! {
            $(#[doc = $doc])+
            $name($type) {
                /// Id of their place in the room.
                fn participant_id(&self) -> ID {
                    let $facts = &self.facts;
                    output($participant.participant())
                }
                /// Id of their account; null for an agent.
                fn user_id(&self) -> Option<ID> {
                    let $facts = &self.facts;
                    $participant.user().map(output)
                }
                /// Their name at the time.
                fn display_name(&self) -> String {
                    let $facts = &self.facts;
                    $participant.display_name.clone()
                }
                /// Their role at the time.
                fn role(&self) -> ParticipantRole {
                    let $facts = &self.facts;
                    $participant.role.0.into()
                }
                /// Their tickets at the time.
                fn tickets(&self) -> Long {
                    let $facts = &self.facts;
                    Long($participant.tickets)
                }
                /// Their place in the room as it is now.
                fn participant(&self, ctx) -> Nullable<Participant> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $participant.participant()).await?)
                }
                /// The person; null for an agent.
                fn user(&self, ctx) -> Nullable<Profile> {
                    let $facts = &self.facts;
                    Ok(load_with_deleted(ctx.operation()?, $participant.user()).await?)
                }
                $($more)*
            }
        }
    };
}

participant_event! {
    /// Someone came in, or came back.
    ParticipantJoined((ParticipantFacts, Option<i32>), |facts| facts.0) {
        /// How many people are in the room then; null for events of an earlier version.
        fn participant_count(&self) -> Option<i32> {
            self.facts.1
        }
    }
}

participant_event! {
    /// Someone went, or was removed.
    ParticipantLeft((ParticipantFacts, bool, Option<i32>), |facts| facts.0) {
        /// Whether someone else removed them.
        fn removed(&self) -> bool {
            self.facts.1
        }
        /// How many people are in the room then; null for events of an earlier version.
        fn participant_count(&self) -> Option<i32> {
            self.facts.2
        }
    }
}

participant_event! {
    /// A participant's role or tickets changed.
    ParticipantChanged(ParticipantFacts, |facts| facts) {}
}
