//! GraphiQL is the manual: everything in the schema has a description.

use serde_json::Value as Json;

const INTROSPECTION: &str = "{ __schema {
    types { kind name description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description }
        enumValues(includeDeprecated: true) { name description } }
    directives { name description args { name description } } } }";

async fn schema() -> Json {
    let response = api::schema::schema().execute(INTROSPECTION).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("data is JSON")
}

/// Adds what has no description worth the name, and goes on below.
fn look(place: &str, thing: &Json, missing: &mut Vec<String>) -> usize {
    let name = format!("{place}{}", thing["name"].as_str().unwrap_or("?"));
    let description = thing["description"].as_str().unwrap_or_default();
    if description.trim().len() < 4 || !description.trim_end().ends_with(['.', ')', '`', '!', '?']) {
        missing.push(format!("{name}: {description:?}"));
    }
    let mut seen = 1;
    for (field, between) in [
        ("fields", "."),
        ("inputFields", "."),
        ("enumValues", "."),
        ("args", "("),
    ] {
        for inner in thing[field].as_array().into_iter().flatten() {
            seen += look(&format!("{name}{between}"), inner, missing);
        }
    }
    seen
}

#[tokio::test]
async fn everything_in_the_schema_has_a_description() {
    let schema = schema().await;
    let own = |kind: &&Json| !kind["name"].as_str().unwrap_or_default().starts_with("__");
    // The specification describes these.
    let built_in = ["Boolean", "Float", "ID", "Int", "String", "PageInfo"];
    let (mut missing, mut seen) = (Vec::new(), 0);
    for kind in schema["__schema"]["types"].as_array().unwrap().iter().filter(own) {
        if built_in.contains(&kind["name"].as_str().unwrap()) {
            continue;
        }
        seen += look("", kind, &mut missing);
    }
    assert!(
        missing.is_empty(),
        "without a description that is a sentence: {missing:#?}"
    );
    assert!(seen > 500, "only {seen} things were seen");
}

#[tokio::test]
async fn a_field_that_may_be_refused_is_nullable() {
    let document = "{ __schema { mutationType { fields { name type { kind } } } } }";
    let response = api::schema::schema().execute(document).await;
    let data = response.data.into_json().expect("data is JSON");
    for field in data["__schema"]["mutationType"]["fields"].as_array().unwrap() {
        assert_ne!(field["type"]["kind"], "NON_NULL", "{field}");
    }
}
