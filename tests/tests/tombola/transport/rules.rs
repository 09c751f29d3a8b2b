//! The specification's rules for documents and variables: what breaks one is refused as a whole, before anything is done.

use rstest::rstest;
use serde_json::{Value as Json, json};
use tests::{Database, Scene, World};

/// Mutations of which the first field could be made, and the second breaks a rule.
#[rstest]
#[case::number_for_an_object("b: createOrganization(input: 5) { organization { id } }", json!({}), "")]
#[case::text_for_an_object("b: createOrganization(input: \"x\") { organization { id } }", json!({}), "")]
#[case::other_variable("b: createOrganization(input: $i) { organization { id } }", json!({ "i": 5 }), "$i: CreateOrganizationInput!")]
#[case::nullable_variable("b: createOrganization(input: $i) { organization { id } }", json!({}), "$i: CreateOrganizationInput")]
#[case::number_for_a_text("b: createOrganization(input: { name: $t }) { organization { id } }", json!({}), "$t: Int")]
#[case::argument_twice("b: createOrganization(input: { name: \"A\", name: \"B\" }) { organization { id } }", json!({}), "")]
#[case::unsent_condition("b: createOrganization(input: { name: \"A\" }) @skip(if: $b) { organization { id } }", json!({}), "$b: Boolean")]
#[case::unknown_directive("b: createOrganization(input: { name: \"A\" }) @nope { organization { id } }", json!({}), "")]
#[case::condition_without_argument("b: createOrganization(input: { name: \"A\" }) @include { organization { id } }", json!({}), "")]
#[case::fields_without_selection("b: createOrganization(input: { name: \"A\" }) { organization organization { id } }", json!({}), "")]
#[case::text_for_an_enum("b: createOrganization(input: { name: \"A\" }) { organization { members(orderBy: { field: \"CREATED_AT\" }) { totalCount } } }", json!({}), "")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mutation_that_breaks_a_rule_does_nothing(
    #[case] second: &str,
    #[case] variables: Json,
    #[case] definitions: &str,
    #[values(Database::Sqlite, Database::Postgres)] database: Database,
) {
    let scene = Scene::new(database).await;
    let before = scene.world.dump().await;
    let definitions = match definitions {
        "" => String::new(),
        some => format!("({some})"),
    };
    let document = format!(
        "mutation M{definitions} {{ a: createOrganization(input: {{ name: \"A\" }}) {{ organization {{ id }} }} {second} }}"
    );
    let answer = scene.creator.run(&document, variables).await;
    answer.assert_refused("VALIDATION");
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
    assert_eq!(scene.world.dump().await, before);
}

/// Queries that the reference implementation refuses.
#[rstest]
#[case::large_number("{ rooms(first: 3000000000) { totalCount } }", json!({}))]
#[case::large_variable("query($n: Int) { rooms(first: $n) { totalCount } }", json!({ "n": 3_000_000_000_u64 }))]
#[case::unknown_fragment("{ ...f0 } fragment f0 on Query { ...f1 ...f1 } fragment f1 on Query { ...missing }", json!({}))]
#[case::open_block("query($a: [String] = [\"\"\" \"]) { node(id: \"x\") { id } }", json!({}))]
#[case::two_shapes("{ node(id: \"x\") { ... on Room { x: title } ... on Prize { x: description } } }", json!({}))]
#[case::twice_in_a_part("{ ... { rooms(orderBy: { field: TITLE, field: CREATED_AT }) { totalCount } } }", json!({}))]
#[case::twice_in_a_fragment("{ ...F } fragment F on Query { rooms(orderBy: { field: TITLE, field: CREATED_AT }) { totalCount } }", json!({}))]
#[case::twice_in_a_default("query($o: RoomOrder = { field: TITLE, field: CREATED_AT }) { rooms(orderBy: $o) { totalCount } }", json!({}))]
#[case::twice_in_a_list("mutation { createDraw(input: { roomId: \"x\", policy: { level: L0, prizes: [{ prizeId: \"x\", prizeId: \"y\" }] } }) { draw { id } } }", json!({}))]
#[tokio::test]
async fn what_the_reference_refuses_is_refused(#[case] document: &str, #[case] variables: Json) {
    let scene = Scene::new(Database::Sqlite).await;
    let answer = scene.creator.run(document, variables).await;
    answer.assert_refused("VALIDATION");
    assert!(answer.body.get("data").is_none(), "{}", answer.body);
}

#[tokio::test]
async fn one_name_on_two_types_costs_what_the_dearer_does() {
    let scene = Scene::new(Database::Sqlite).await;
    let dear = "... on Organization { a: rooms(first: 100) { nodes { b: participants(first: 100) { nodes { c: winners(first: 100) { nodes { id } } } } } } }";
    let cheap = "... on Prize { a: winners(first: 1) { nodes { b: prize { id } } } }";
    for parts in [[dear, cheap], [cheap, dear]] {
        let document = format!(
            "{{ node(id: \"{}\") {{ {} {} }} }}",
            scene.organization, parts[0], parts[1]
        );
        let answer = scene.creator.query(&document).await;
        assert!(
            ["TOO_COSTLY", "VALIDATION"].contains(&answer.code().unwrap()),
            "{}",
            answer.body
        );
    }
    let ids: String = (0..99).map(|_| "\"x\" ").collect();
    let document = format!("query($a: ID!) {{ nodes(ids: [$a {ids}]) {{ __typename }} }}");
    let answer = scene.creator.run(&document, json!({ "a": "x" })).await;
    assert_eq!(answer.body["extensions"]["cost"]["requested"], 100, "{}", answer.body);
}

#[tokio::test]
async fn fragments_within_too_many_fragments_are_told_so() {
    let world = World::with(Database::Sqlite, |config| config.limits.fields = 20_000).await;
    let chain: String = (0..120)
        .map(|level| format!("fragment f{level} on Query {{ ...f{} }} ", level + 1))
        .collect();
    let document = format!("{{ ...f0 }} {chain} fragment f120 on Query {{ __typename }}");
    let answer = world.stranger().query(&document).await;
    answer.assert_refused("VALIDATION");
    assert!(
        !answer.message().contains("32"),
        "another's limit: {}",
        answer.message()
    );
}
