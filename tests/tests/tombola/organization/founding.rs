//! Founding an organization.

use futures::future::join_all;
use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, World};

use crate::room::soundness::audits;

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_founds_an_organization_is_its_admin(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let founder = world.user("Fred Founder").await;
    let input = json!({ "name": " Fred's Fair ", "slug": "freds-fair" });
    let selection = "organization { id name slug status plan createdAt
        memberships { totalCount nodes { role user { id } organization { slug } } }
        apps { nodes { id } } rooms { nodes { id } } }";
    let answer = founder.mutate("createOrganization", input, selection).await;
    let mut organization = answer.at("/createOrganization/organization").clone();
    let id = organization["id"].take();
    assert_eq!(
        organization,
        json!({
            "id": null, "name": "Fred's Fair", "slug": "freds-fair", "status": "ACTIVE", "plan": "STARTER",
            "createdAt": "2026-06-01T12:00:00.000Z",
            "memberships": { "totalCount": 1, "nodes": [
                { "role": "ADMIN", "user": { "id": founder.user }, "organization": { "slug": "freds-fair" } },
            ] },
            "apps": { "nodes": [] }, "rooms": { "nodes": [] },
        })
    );
    let actions: Vec<_> = audits(&world).await.into_iter().map(|record| record.action).collect();
    assert_eq!(actions, ["ORGANIZATION_CREATED"]);

    let document = "query($id: ID, $slug: String) { organization(id: $id, slug: $slug) { name } }";
    for variables in [json!({ "id": id }), json!({ "slug": "freds-fair" })] {
        let answer = founder.run(document, variables).await;
        assert_eq!(answer.text("/organization/name"), "Fred's Fair");
    }
    for variables in [json!({}), json!({ "id": id, "slug": "freds-fair" })] {
        founder
            .run(document, variables)
            .await
            .assert_refused_for("VALIDATION", "id");
    }
    for variables in [json!({ "slug": "nobody-s" }), json!({ "slug": "NO" })] {
        let answer = founder.run(document, variables.clone()).await;
        let is_slug = variables["slug"] == "nobody-s";
        assert_eq!(answer.code(), (!is_slug).then_some("VALIDATION"), "{}", answer.body);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slug_is_made_from_the_name_when_none_is_given(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let founder = world.user("Fred Founder").await;
    let long = "a very long name ".repeat(11);
    for (name, stem) in [
        ("Fred's Fair", "fred-s-fair-"),
        ("Fred's Fair", "fred-s-fair-"),
        ("Ünïcode & Söhne", "unicode-sohne-"),
        ("抽選", "organization-"),
        ("!!!", "organization-"),
        (long.as_str(), "a-very-long-name-a-very-long-name-a-ver"),
    ] {
        let answer = founder
            .mutate("createOrganization", json!({ "name": name }), "organization { slug }")
            .await;
        let slug = answer.text("/createOrganization/organization/slug");
        assert!(slug.starts_with(stem), "{name}: {slug}");
        assert!(slug.len() <= 50, "{slug}");
        let answer = founder
            .run(
                "query($s: String) { organization(slug: $s) { slug } }",
                json!({ "s": slug }),
            )
            .await;
        assert_eq!(answer.text("/organization/slug"), slug);
    }
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slug_has_its_shape_and_belongs_to_one(#[values(Database::Sqlite, Database::Postgres)] database: Database) {
    let world = World::new(database).await;
    let founder = world.user("Fred Founder").await;
    let found = |slug: &str| json!({ "name": "Fair", "slug": slug });
    let long = "a".repeat(51);
    for slug in [
        "ab", &long, "Fair", "fair!", "-fair", "fair-", "fa--ir", "fa ir", "fäir", "fair_1",
    ] {
        let answer = world
            .refuses(&founder, "createOrganization", found(slug), "VALIDATION", Some("slug"))
            .await;
        assert!(answer.message().contains("3 to 50"), "{}", answer.message());
    }
    let longest = "a".repeat(50);
    for slug in ["abc", "a-1", "123", &longest] {
        let answer = founder
            .mutate("createOrganization", found(slug), "organization { slug }")
            .await;
        assert_eq!(answer.text("/createOrganization/organization/slug"), slug);
        world
            .refuses(&founder, "createOrganization", found(slug), "CONFLICT", Some("slug"))
            .await;
    }
    let tries = (0..10).map(|_| founder.mutate("createOrganization", found("at-once"), "organization { id }"));
    let answers = join_all(tries).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for refused in answers.iter().filter(|answer| !answer.is_ok()) {
        refused.assert_refused_for("CONFLICT", "slug");
    }
    assert_eq!(world.dump().await["memberships"].len(), 5, "one for each organization");
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_organization_is_seen_by_its_members_alone(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let (founder, other) = (world.user("Fred Founder").await, world.user("Otto Other").await);
    let input = json!({ "name": "Fair", "slug": "the-fair" });
    founder
        .mutate("createOrganization", input, "organization { id }")
        .await
        .text("/createOrganization/organization/id");
    let document =
        "{ organization(slug: \"the-fair\") { name } viewer { memberships { nodes { organization { slug } } } } }";
    let answer = founder.query(document).await;
    assert_eq!(answer.text("/organization/name"), "Fair");
    assert_eq!(answer.text("/viewer/memberships/nodes/0/organization/slug"), "the-fair");
    let answer = other.query(document).await;
    assert_eq!(answer.at("/organization"), &Json::Null);
    assert_eq!(answer.at("/viewer/memberships/nodes"), &json!([]));
    let answer = world.stranger().query(document).await;
    assert_eq!(answer.at(""), &json!({ "organization": null, "viewer": null }));
}

#[rstest]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_founds_a_bounded_number_however_many_they_ask_for_at_once(
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let world = World::new(database).await;
    let founder = world.user("Fred Founder").await;
    let name = |number: usize| json!({ "name": format!("Fair {number}") });
    let asked = (0..40).map(|number| founder.mutate("createOrganization", name(number), "organization { id }"));
    let answers = futures::future::join_all(asked).await;
    let (founded, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.is_ok());
    assert_eq!(founded.len(), 20);
    for answer in refused {
        answer.assert_refused("LIMITED");
    }
    world
        .refuses(&founder, "createOrganization", name(41), "LIMITED", None)
        .await;
    let other = world.user("Olga Other").await;
    other
        .mutate("createOrganization", name(42), "organization { id }")
        .await
        .at("/createOrganization");
}
