//! Requests that are meant to bring a server down.

use serde_json::json;

/// A request, and what it is answered.
pub struct Attack {
    /// What it is, for people.
    pub name: &'static str,
    /// The body of a POST.
    pub body: Vec<u8>,
    /// The code of the refusal; nothing for what is answered.
    pub code: Option<&'static str>,
}

fn attack(name: &'static str, body: Vec<u8>, code: Option<&'static str>) -> Attack {
    Attack { name, body, code }
}

fn doubling(levels: usize) -> String {
    let spreads: String = (0..levels)
        .map(|level| format!("fragment f{level} on Room {{ ...f{} ...f{} }} ", level + 1, level + 1))
        .collect();
    format!("{spreads} fragment f{levels} on Room {{ id }} {{ rooms {{ nodes {{ ...f0 }} }} }}")
}

fn ask(query: &str) -> Vec<u8> {
    json!({ "query": query }).to_string().into_bytes()
}

/// Documents and values that are refused, and that nothing is executed or computed for.
fn refused() -> Vec<Attack> {
    let signing_up = |password: &str| {
        let query = "mutation($input: SignUpInput!) { signUp(input: $input) { viewer { profile { id } } } }";
        let input = json!({ "email": "mallory@example.com", "displayName": "Mallory", "password": password });
        json!({ "query": query, "variables": { "input": input } })
            .to_string()
            .into_bytes()
    };
    let types = "types { name description fields { name description args { name description } } }";
    let schemas: String = (0..8)
        .map(|index| format!("s{index}: __schema {{ {types} }} "))
        .collect();
    let drawn = "policyDocument policy { prizes { prize { name description } } }";
    vec![
        attack(
            "a refused document beside the schema eight times",
            ask(&format!("{{ {schemas} missing }}")),
            Some("VALIDATION"),
        ),
        attack(
            "lists without pages in lists",
            ask(&format!(
                "{{ rooms(first: 100) {{ nodes {{ draws(first: 100) {{ nodes {{ {drawn} }} }} }} }} }}"
            )),
            Some("TOO_COSTLY"),
        ),
        attack(
            "900 faults",
            ask(&format!(
                "{{ viewer {{ {} }} }}",
                (0..900).map(|index| format!("x{index} ")).collect::<String>()
            )),
            Some("VALIDATION"),
        ),
        attack(
            "an operationName of 900 kB",
            json!({ "query": "{ __typename }", "operationName": "x".repeat(900_000) })
                .to_string()
                .into_bytes(),
            Some("VALIDATION"),
        ),
        attack(
            "a password of 900 kB",
            signing_up(&"lost ".repeat(180_000)),
            Some("VALIDATION"),
        ),
        attack(
            "a weak password of 128 letters",
            signing_up(&"password".repeat(16)),
            Some("VALIDATION"),
        ),
    ]
}

/// All of them.
pub fn attacks() -> Vec<Attack> {
    [loads(), refused()].into_iter().flatten().collect()
}

/// Documents and bodies that are much to read.
fn loads() -> Vec<Attack> {
    let cyclic = format!(
        "{{ __schema {{ types {} }} }}",
        "{ fields { type ".repeat(6) + "{ name }" + &" } }".repeat(6)
    );
    let operations: String = (0..500)
        .map(|index| format!("query Q{index} {{ __typename }} "))
        .collect();
    let long = json!({ "query": "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", "variables": { "ids": vec!["room_x"; 100_000] } });
    let deep = |text: &str| text.repeat(100_000);
    vec![
        attack(
            "fragments that double 20 times",
            ask(&doubling(20)),
            Some("TOO_MANY_FIELDS"),
        ),
        attack(
            "fragments that double 30 times",
            ask(&doubling(30)),
            Some("TOO_MANY_FIELDS"),
        ),
        attack(
            "fragments that double 40 times",
            ask(&doubling(40)),
            Some("TOO_MANY_FIELDS"),
        ),
        attack(
            "fragments that double, to one that is missing",
            ask(&doubling(30).replace("{ id }", "{ ...gone }")),
            Some("VALIDATION"),
        ),
        attack(
            "10,000 aliases",
            ask(&format!(
                "{{ {} }}",
                (0..10_000)
                    .map(|index| format!("a{index}:__typename "))
                    .collect::<String>()
            )),
            Some("DOCUMENT_TOO_LARGE"),
        ),
        attack(
            "600 aliases of a list",
            ask(&format!(
                "{{ {} }}",
                (0..600)
                    .map(|index| format!("a{index}:rooms{{totalCount}} "))
                    .collect::<String>()
            )),
            Some("TOO_MANY_TOKENS"),
        ),
        attack(
            "depth 2,000",
            ask(&("{ node ".repeat(2000) + &"}".repeat(2000))),
            Some("TOO_DEEP"),
        ),
        attack(
            "200,000 tokens",
            ask(&format!("{{ {} }}", "a ".repeat(200_000))),
            Some("DOCUMENT_TOO_LARGE"),
        ),
        attack(
            "a literal of 900 kB",
            ask(&format!("{{ room(id: \"{}\") {{ id }} }}", "x".repeat(900_000))),
            Some("DOCUMENT_TOO_LARGE"),
        ),
        attack(
            "a literal of 2 MB",
            ask(&format!("{{ room(id: \"{}\") {{ id }} }}", "x".repeat(2_000_000))),
            Some("BODY_TOO_LARGE"),
        ),
        attack(
            "long texts under a hundred names",
            ask(&format!(
                "{{ rooms(first: 100) {{ nodes {{ prizes(first: 100) {{ nodes {{ {} }} }} }} }} }}",
                (0..95).map(|index| format!("a{index}:metadata ")).collect::<String>()
            )),
            Some("TOO_COSTLY"),
        ),
        attack("introspection in circles", ask(&cyclic), Some("TOO_COSTLY")),
        attack(
            "a variable of 100,000 entries",
            long.to_string().into_bytes(),
            Some("TOO_MANY_VALUES"),
        ),
        attack("100,000 brackets of JSON", deep("[").into_bytes(), Some("VALIDATION")),
        attack(
            "100,000 objects of JSON",
            deep("{\"a\":").into_bytes(),
            Some("VALIDATION"),
        ),
        attack("500 operations", ask(&operations), Some("TOO_MANY_TOKENS")),
        attack(
            "no UTF-8",
            b"{\"query\":\"{ __typename \xff\xfe }\"}".to_vec(),
            Some("VALIDATION"),
        ),
        attack(
            "a lone surrogate",
            br#"{"query":"{ __typename } # \ud800"}"#.to_vec(),
            Some("VALIDATION"),
        ),
        attack(
            "fields that all might overlap",
            ask(&format!("{{ rooms {{ nodes {{ {} }} }} }}", "title ".repeat(1900))),
            None,
        ),
        attack(
            "fragments that all might overlap",
            ask(&format!(
                "{{ rooms {{ nodes {{ {} }} }} }} {}",
                (0..180).map(|index| format!("...f{index} ")).collect::<String>(),
                (0..180)
                    .map(|index| format!("fragment f{index} on Room {{ title id }} "))
                    .collect::<String>()
            )),
            None,
        ),
    ]
}
