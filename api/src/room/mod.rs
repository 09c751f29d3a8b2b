//! Rooms: the apps that run them, who takes part, what can be won, who won, and the live log of it all.

mod audit;
mod event;
mod finder;
mod mutation;
mod query;
mod service;
mod subscription;
mod types;

pub use event::{Event, ParticipantFacts, PrizeFacts, WinnerFacts};
pub use finder::{
    AppFilter, AppOrder, DrawExclusionOrder, DrawOrder, DrawStepOrder, ParticipantFilter, ParticipantOrder, PrizeOrder,
    RoomFilter, RoomOrder, WinnerFilter, WinnerOrder, due_draws, visible_ids,
};
pub use mutation::RoomMutation;
pub use query::RoomQuery;
pub use service::{
    DrawPlan, GivenEntropy, ParticipantChange, PlannedPrize, PrizeChange, Randomness, RoomChange, RoomFile, Transcript,
    Transition, add_participant, create_draw, create_prize, create_room, freeze_draw, join_room, look_after_draws,
    move_room, provide_entropy, register_app, room_file, run_draw, transcript, transcript_version, update_participant,
};
pub use subscription::RoomSubscription;
pub use types::{
    App, AppFilterInput, Draw, DrawExclusion, DrawStep, Participant, Prize, Room, RoomFilterInput, RoomOrderInput,
    Winner, room_page,
};
