//! Somebody who belongs to both tenants, in different roles: a change happens in one tenant only.

use entity::organization::membership::{self, MemberRole};
use rstest::rstest;
use sea_orm::{ActiveValue::Set, EntityTrait};
use serde_json::json;
use tests::{Database, World};

use super::tenant::Tenant;

/// ADMIN of one tenant, VIEWER of the other.
async fn both(database: Database) -> (World, Tenant, Tenant) {
    let world = World::new(database).await;
    let (ours, theirs) = (Tenant::new(&world, "ours").await, Tenant::new(&world, "theirs").await);
    let row = membership::ActiveModel {
        id: Set(world.clock.new_id()),
        organization_id: Set(theirs.organization.parse().unwrap()),
        user_id: Set(ours.admin.user.parse().unwrap()),
        role: Set(MemberRole::Viewer),
        created_at: Set(world.clock.now()),
        updated_at: Set(world.clock.now()),
    };
    membership::Entity::insert(row)
        .exec_without_returning(&world.db)
        .await
        .unwrap();
    (world, ours, theirs)
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_in_one_tenant_is_worth_nothing_in_the_other(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (world, ours, theirs) = both(database).await;
    let me = &ours.admin;
    let seen = me
        .run(
            "query($id: ID!) { node(id: $id) { id } }",
            json!({ "id": theirs.private.room }),
        )
        .await;
    assert_eq!(seen.at("/node/id"), &theirs.private.room, "members see it");
    let room = json!({ "roomId": theirs.private.room });
    let prize = json!({ "prizeId": theirs.private.prizes[0], "name": "Mine" });
    let award = json!({ "prizeId": theirs.private.prizes[1], "participantId": theirs.private.participant });
    let app = json!({ "appId": theirs.app });
    let create = json!({ "organizationId": theirs.organization, "title": "Mine" });
    for (mutation, input) in [
        ("completeRoom", room.clone()),
        ("deleteRoom", room),
        ("updatePrize", prize),
        ("awardPrize", award),
        ("deactivateApp", app.clone()),
        ("regenerateAppSecret", app),
        ("createRoom", create),
        (
            "removeParticipant",
            json!({ "participantId": theirs.private.participant }),
        ),
        (
            "revokeWinner",
            json!({ "winnerId": theirs.private.winner, "reason": "mine" }),
        ),
        (
            "addParticipant",
            json!({ "roomId": theirs.private.room, "userId": me.user, "role": "ORGANIZER" }),
        ),
    ] {
        world.refuses(me, mutation, input, "FORBIDDEN", None).await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn things_of_two_tenants_do_not_go_together_though_one_sees_both(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (world, ours, theirs) = both(database).await;
    let me = &ours.admin;
    let create = json!({ "organizationId": ours.organization, "title": "Mixed", "appId": theirs.app });
    world
        .refuses(me, "createRoom", create, "NOT_FOUND", Some("appId"))
        .await;
    let update = json!({ "roomId": ours.private.room, "appId": theirs.app });
    world
        .refuses(me, "updateRoom", update, "NOT_FOUND", Some("appId"))
        .await;
    for place in [&theirs.private, &theirs.public] {
        let award = json!({ "prizeId": ours.private.prizes[1], "participantId": place.participant });
        let answer = me.mutate("awardPrize", award.clone(), "__typename").await;
        world
            .refuses(me, "awardPrize", award, answer.code().unwrap(), Some("participantId"))
            .await;
        let order = json!({ "roomId": ours.private.room, "prizeIds": [ours.private.prizes[0], place.prizes[1]] });
        world
            .refuses(me, "reorderPrizes", order, "VALIDATION", Some("prizeIds"))
            .await;
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_tenant_lists_its_own_and_one_who_belongs_to_both_sees_both(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let (_world, ours, theirs) = both(database).await;
    let document =
        "{ viewer { memberships { nodes { role organization { id memberships { totalCount } apps { nodes { id } }
        rooms { totalCount nodes { joinCode } } } } } } apps { totalCount } rooms { totalCount } }";
    let answer = ours.admin.query(document).await;
    let memberships = answer.list("/viewer/memberships/nodes");
    assert_eq!(memberships.len(), 2);
    for (membership, tenant, members, code) in [(&memberships[0], &ours, 3, true), (&memberships[1], &theirs, 4, false)]
    {
        let organization = &membership["organization"];
        assert_eq!(organization["id"], tenant.organization);
        assert_eq!(organization["memberships"]["totalCount"], members);
        assert_eq!(organization["apps"]["nodes"], json!([{ "id": tenant.app }]));
        assert_eq!(organization["rooms"]["totalCount"], 3);
        let codes = organization["rooms"]["nodes"].as_array().unwrap().iter();
        assert!(
            codes.clone().all(|room| room["joinCode"].is_string() == code),
            "{organization}"
        );
    }
    assert_eq!(
        (answer.number("/apps/totalCount"), answer.number("/rooms/totalCount")),
        (2, 6)
    );
}
