//! Rooms: the apps that run them, who takes part, what can be won, who won, and the live log of it all.

mod audit;
mod event;
mod finder;
mod mutation;
mod query;
mod rules;
mod service;
mod subscription;
mod types;

pub use audit::RoomAction;
pub use event::{
    DrawPhase, DrawStepFacts, Event, ParticipantFacts, PrizeFacts, RoleAndTickets, RoomFacts, Stored, WinnerFacts,
};
pub use finder::{
    AppFilter, InRoom, ParticipantFilter, RoomFilter, RoomOrder, WinnerFilter, find_profile, participant_of, prizes,
    room_held, visible_ids, winner_of,
};
pub use mutation::RoomMutation;
pub use query::RoomQuery;
pub use rules::{PeopleChange, PeopleRules, RoomRules};
pub use service::{
    OPEN, ParticipantPatch, PrizePatch, Quantity, RoomFile, RoomPatch, Transition, add_participant, create_prize,
    create_room, give_back_to_prize, join_room, move_room, move_win, register_app, require_live_win, require_status,
    room_file, take_of_prize, update_participant, winner_facts,
};
pub use subscription::RoomSubscription;
pub use types::{
    App, AppFilterInput, Participant, ParticipantRole, Prize, Room, RoomFilterInput, RoomOrderInput, Winner, room_page,
};
