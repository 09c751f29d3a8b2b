//! Demo data: accounts, organizations, apps, rooms, people, prizes and a winner, made by the services themselves,
//! so that every rule, event and audit record is as it would be in real use.

use std::sync::Arc;

use chrono::{DateTime, TimeZone, Utc};
use entity::{
    MembershipId, OrganizationId, PrizeId, UserId,
    organization::membership::{self, MemberRole},
    room::{participant::ParticipantRole, room},
};
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::{Value as Json, json};

use crate::{
    caller::{Caller, Origin, UserSession},
    draw::{DrawPlan, GivenEntropy, PlannedPrize, Randomness, create_draw, freeze_draw, provide_entropy, run_draw},
    error::{Error, Result},
    identity::{ProfilePatch, has_accounts, sign_out, update_profile},
    operation::{Operation, Services},
    organization::{OrganizationAction, create_organization, sign_up},
    patch::Field,
    room::{
        ParticipantPatch, PrizePatch, RoomPatch, Transition, add_participant, create_prize, create_room, join_room,
        move_room, register_app, update_participant,
    },
    store::{AuditRecord, Located},
};

/// The password of every demo account.
pub const PASSWORD: &str = "welcome-to-tombola";

/// A demo account.
pub struct Account {
    /// E-mail address.
    pub email: &'static str,
    name: (&'static str, &'static str),
    timezone: &'static str,
    /// What it may do.
    pub what: &'static str,
}

/// The demo accounts.
pub const ACCOUNTS: [Account; 4] = [
    Account {
        email: "alice@example.com",
        name: ("Alice", "Archer"),
        timezone: "Europe/Vienna",
        what: "ADMIN of Example Events, ORGANIZER of its rooms",
    },
    Account {
        email: "bob@example.com",
        name: ("Bob", "Brewer"),
        timezone: "America/New_York",
        what: "CREATOR in Example Events, MODERATOR of the lottery",
    },
    Account {
        email: "charlie@example.com",
        name: ("Charlie", "Cooper"),
        timezone: "Asia/Tokyo",
        what: "ADMIN of Charlie's Quiz Club, takes part in the lottery",
    },
    Account {
        email: "diana@example.com",
        name: ("Diana", "Draper"),
        timezone: "Africa/Nairobi",
        what: "VIEWER in Example Events, takes part",
    },
];

/// Fills an empty database. Answers false, and changes nothing, when it has accounts already.
///
/// # Errors
/// When the database does not answer.
pub async fn fill(services: &Arc<Services>) -> Result<bool> {
    let anonymous = operation(services, Caller::Anonymous);
    if has_accounts(anonymous.snapshot().reading()).await? {
        return Ok(false);
    }
    let mut people = Vec::new();
    for account in &ACCOUNTS {
        people.push(account.sign_up(services).await?);
    }
    let [alice, bob, charlie, diana] = people.as_slice() else {
        return Err(Error::internal(anyhow::anyhow!("the demo has four accounts")));
    };
    let cast = Cast {
        alice,
        bob,
        charlie,
        diana,
    };
    cast.play().await?;
    // Alice and Bob stay signed in: two active sessions.
    sign_out(&charlie.operation()).await?;
    sign_out(&diana.operation()).await?;
    Ok(true)
}

/// Somebody with an account.
struct Person {
    services: Arc<Services>,
    session: UserSession,
}

struct Cast<'a> {
    alice: &'a Person,
    bob: &'a Person,
    charlie: &'a Person,
    diana: &'a Person,
}

fn operation(services: &Arc<Services>, caller: Caller) -> Operation {
    let origin = Origin {
        request_id: "demo".into(),
        user_agent: Some("tombola demo".into()),
        address: None,
    };
    Operation::new(services.clone(), caller, origin)
}

impl Person {
    fn operation(&self) -> Operation {
        operation(&self.services, Caller::User(self.session.clone()))
    }

    fn id(&self) -> UserId {
        self.session.user
    }
}

impl Account {
    async fn sign_up(&self, services: &Arc<Services>) -> Result<Person> {
        let anonymous = operation(services, Caller::Anonymous);
        sign_up(&anonymous, self.email, PASSWORD, self.name.0, None).await?;
        let session = anonymous.signed_in()?.clone();
        let person = Person {
            services: services.clone(),
            session,
        };
        let profile = ProfilePatch {
            display_name: None,
            first_name: Field::Put(self.name.0.into()),
            last_name: Field::Put(self.name.1.into()),
            avatar_url: Field::Keep,
            timezone: Some(self.timezone.into()),
            preferences: Some(json!({ "theme": "system" })),
        };
        update_profile(&person.operation(), profile).await?;
        Ok(person)
    }
}

impl Cast<'_> {
    async fn play(&self) -> Result<()> {
        let operation = self.alice.operation();
        let events = create_organization(&operation, "Example Events", Some("example-events")).await?;
        self.add_member(events.id, self.bob, MemberRole::Creator).await?;
        self.add_member(events.id, self.diana, MemberRole::Viewer).await?;
        create_organization(
            &self.charlie.operation(),
            "Charlie's Quiz Club",
            Some("charlies-quiz-club"),
        )
        .await?;

        let lottery = manifest("lottery", &["rooms.run", "prizes.award"]);
        let (lottery, _) = register_app(&operation, events.id, "Holiday Lottery", None, lottery).await?;
        let quiz = manifest("quiz", &["rooms.run"]);
        let (quiz, _) = register_app(
            &operation,
            events.id,
            "Quiz \"Who's First?\"",
            Some("quiz-whos-first"),
            quiz,
        )
        .await?;

        let new_year = room(
            "New Year Lottery 2025",
            "Prizes for everybody who stays until midnight.",
            true,
        );
        let new_year = RoomPatch {
            app: Field::Put(lottery.id),
            starts_at: at(2025, 12, 31, 20),
            ..new_year
        };
        self.new_year_lottery(create_room(&operation, events.id, new_year).await?)
            .await?;

        let trivia = room(
            "Christmas Trivia Quiz",
            "Twelve questions about the season. Who is first?",
            true,
        );
        let trivia = RoomPatch {
            app: Field::Put(quiz.id),
            starts_at: at(2026, 12, 24, 17),
            ..trivia
        };
        let trivia = create_room(&operation, events.id, trivia).await?;
        add_participant(&operation, trivia.id, self.diana.id(), ParticipantRole::Viewer, 0).await?;

        let office = room("Private Office Lottery", "For the people of the Vienna office.", false);
        let office = RoomPatch {
            app: Field::Put(lottery.id),
            max_participants: Field::Put(25),
            ..office
        };
        let office = create_room(&operation, events.id, office).await?;
        create_prize(
            &operation,
            office.id,
            prize("Extra day off", 1, json!({ "validUntil": "2026-12-31" })),
        )
        .await?;
        add_participant(&operation, office.id, self.bob.id(), ParticipantRole::Participant, 1).await?;
        move_room(&operation, office.id, Transition::Open).await?;
        Ok(())
    }

    /// Four people, three prizes, one winner, who was drawn, and a draw that waits to be run.
    async fn new_year_lottery(&self, room: room::Model) -> Result<()> {
        let operation = self.alice.operation();
        create_prize(
            &operation,
            room.id,
            prize("Weekend in Vienna", 1, json!({ "value": { "EUR": 480 } })),
        )
        .await?;
        let coffee = create_prize(
            &operation,
            room.id,
            prize("Coffee machine", 2, json!({ "colour": "red" })),
        )
        .await?;
        let voucher = create_prize(
            &operation,
            room.id,
            prize("Book voucher", 5, json!({ "value": { "EUR": 20 } })),
        )
        .await?;
        add_participant(&operation, room.id, self.bob.id(), ParticipantRole::Moderator, 0).await?;
        move_room(&operation, room.id, Transition::Open).await?;
        let charlie = join_room(&self.charlie.operation(), Some(room.id), None)
            .await?
            .participant;
        let diana = join_room(&self.diana.operation(), Some(room.id), None)
            .await?
            .participant;
        let tickets = |tickets| ParticipantPatch {
            role: None,
            tickets: Some(tickets),
        };
        update_participant(&operation, charlie.id, tickets(3)).await?;
        update_participant(&operation, diana.id, tickets(5)).await?;
        let drawn = create_draw(&operation, room.id, plan(voucher.id, 1, Randomness::Seed)).await?;
        freeze_draw(&operation, drawn.id).await?;
        run_draw(&operation, drawn.id, None).await?;
        // Its list is closed and its dice are thrown: whoever looks around can run it.
        let open = create_draw(&operation, room.id, plan(coffee.id, 2, Randomness::Dice)).await?;
        freeze_draw(&operation, open.id).await?;
        provide_entropy(&operation, open.id, GivenEntropy::Dice(DICE.into())).await?;
        Ok(())
    }

    /// Invitations come with the rest of the area; until then a member is written.
    async fn add_member(&self, organization: OrganizationId, person: &Person, role: MemberRole) -> Result<()> {
        let (server, origin) = (&Caller::Server, &Origin::default());
        let tx = self
            .alice
            .services
            .store
            .write(server, origin, organization.target())
            .await?;
        let id: MembershipId = tx.new_id();
        let row = membership::ActiveModel {
            id: Set(id),
            organization_id: Set(organization),
            user_id: Set(person.id()),
            role: Set(role),
            created_at: Set(tx.now()),
            updated_at: Set(tx.now()),
        };
        membership::Entity::insert(row).exec_without_returning(&tx).await?;
        tx.commit(AuditRecord::new(OrganizationAction::MemberAdded, id), ())
            .await
    }
}

fn room(title: &str, description: &str, is_public: bool) -> RoomPatch {
    RoomPatch {
        title: Some(title.into()),
        description: Field::Put(description.into()),
        is_public: Some(is_public),
        settings: Some(json!({ "language": "en" })),
        ..RoomPatch::default()
    }
}

/// 30 throws of a die.
const DICE: &str = "263541 416235 523164 351642 164523";

/// Everybody who takes part can win, of the organization too, and tickets count.
fn plan(prize: PrizeId, quantity: i32, randomness: Randomness) -> DrawPlan {
    DrawPlan {
        prizes: vec![PlannedPrize {
            prize,
            quantity: Some(quantity),
            alternates: 1,
        }],
        tickets: Some(Some(10)),
        win_limit: 1,
        roles: vec![ParticipantRole::Participant],
        email_verified: false,
        joined_before: None,
        staff: true,
        closes_at: None,
        claim_window_seconds: None,
        randomness,
        review: false,
        too_few_entrants: draw::TooFewEntrants::LeaveUnawarded,
        supersedes: None,
    }
}

fn prize(name: &str, quantity: i32, metadata: Json) -> PrizePatch {
    PrizePatch {
        name: Some(name.into()),
        quantity: Some(quantity),
        metadata: Some(metadata),
        ..PrizePatch::default()
    }
}

fn manifest(kind: &str, permissions: &[&str]) -> Json {
    json!({ "kind": kind, "version": "1.0.0", "permissions": permissions })
}

fn at(year: i32, month: u32, day: u32, hour: u32) -> Field<DateTime<Utc>> {
    Field::given(Utc.with_ymd_and_hms(year, month, day, hour, 0, 0).single())
}
