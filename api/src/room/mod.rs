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
pub use event::{DrawPhase, DrawStepFacts, Event, ParticipantFacts, PrizeFacts, RoleAndTickets, Stored, WinnerFacts};
pub use finder::{
    AppFilter, AppOrder, InRoom, ParticipantFilter, ParticipantOrder, PrizeOrder, RoomFilter, RoomOrder, WinnerFilter,
    WinnerOrder, find_profile, of_visible, participant_for_removal, participant_of, prize_held, prizes,
    room_for_change, room_held, visible_ids, winner, winner_of,
};
pub use mutation::RoomMutation;
pub use query::RoomQuery;
pub use rules::{PeopleChange, PeopleRules, RoomRules};
pub use service::{
    OPEN, ParticipantChange, PrizeChange, Quantity, RoomChange, RoomFile, Transition, add_participant, create_prize,
    create_room, give_back_to_prize, join_room, move_room, move_win, register_app, require_live_win, require_status,
    room_file, take_of_prize, update_participant, winner_facts,
};
pub use subscription::RoomSubscription;
pub use types::{
    App, AppFilterInput, Participant, ParticipantRole, Prize, Room, RoomFilterInput, RoomOrderInput, Winner, room_page,
};
