//! Rooms: the apps that run them, who takes part, what can be won, who won, and the live log of it all.

mod event;
mod finder;
mod mutation;
mod query;
mod service;
mod subscription;
mod types;

pub use event::{Event, ParticipantFacts, PrizeFacts, WinnerFacts};
pub use finder::{
    AppFilter, AppOrder, ParticipantFilter, ParticipantOrder, PrizeOrder, RoomFilter, RoomOrder, WinnerFilter,
    WinnerOrder, visible_ids,
};
pub use mutation::RoomMutation;
pub use query::RoomQuery;
pub use service::{
    ParticipantChange, PrizeChange, RoomChange, Transition, add_participant, award_prize, create_prize, create_room,
    join_room, move_room, register_app, update_participant,
};
pub use subscription::RoomSubscription;
pub use types::{App, AppFilterInput, Participant, Prize, Room, RoomFilterInput, RoomOrderInput, Winner, room_page};
