//! Arguments are coerced as graphql-js, the reference implementation, coerces them: made-up operations and variables come
//! to equal arguments, or are refused by both.

use std::sync::Arc;

use api::{
    config::Limits,
    document::{Document, Language},
};
use async_graphql::Variables;
use serde_json::{Map, Value as Json, json};

use super::{
    dice::Dice,
    echo::{self, EchoSchema},
    oracle,
};

const OPERATIONS: u64 = 3000;

/// The arguments of the field, with their types.
const ARGUMENTS: [(&str, &str); 12] = [
    ("number", "Int"),
    ("count", "Int!"),
    ("most", "Int"),
    ("ratio", "Float"),
    ("text", "String"),
    ("id", "ID"),
    ("flag", "Boolean"),
    ("kinds", "[Kind]"),
    ("numbers", "[Int!]"),
    ("any", "JSON"),
    ("parts", "Parts"),
    ("list", "[Parts!]"),
];

/// The fields of the input object.
const PARTS: [(&str, &str); 9] = [
    ("number", "Int"),
    ("count", "Int!"),
    ("most", "Int"),
    ("numbers", "[Int!]"),
    ("matrix", "[[Boolean]]"),
    ("kind", "Kind"),
    ("any", "JSON"),
    ("parts", "Parts"),
    ("list", "[Parts!]"),
];

/// Types that variables have by mistake.
const OTHERS: [&str; 7] = ["Int", "[Int]", "[Int!]!", "Boolean!", "[Boolean]", "String", "Parts"];

/// An operation in the making.
struct Making {
    dice: Dice,
    definitions: Vec<String>,
    variables: Map<String, Json>,
    fragments: Vec<String>,
}

impl Making {
    fn one_in(&mut self, chances: usize) -> bool {
        self.dice.roll(chances) == 0
    }

    fn operation(&mut self) -> String {
        let fields: Vec<_> = (0..=self.dice.roll(2)).map(|index| self.selection(index)).collect();
        if self.one_in(30) {
            self.definitions.push("$unused: Int".to_owned());
        }
        let definitions = match self.definitions.is_empty() {
            true => String::new(),
            false => format!("({})", self.definitions.join(", ")),
        };
        format!(
            "query{definitions} {{ {} }} {}",
            fields.join(" "),
            self.fragments.join(" ")
        )
    }

    fn selection(&mut self, index: usize) -> String {
        let arguments = self.fields(&ARGUMENTS, 3);
        let arguments = arguments.map(|all| format!("({all})")).unwrap_or_default();
        let condition = match self.dice.roll(6) {
            0 => format!(" @skip(if: {})", self.written("Boolean!", 0)),
            1 => format!(" @include(if: {})", self.written("Boolean!", 0)),
            _ => String::new(),
        };
        let field = format!("field{index}: echo{arguments}{condition}");
        match self.dice.roll(5) {
            0 => {
                self.fragments.push(format!("fragment F{index} on Query {{ {field} }}"));
                format!("...F{index}")
            }
            1 => format!("... {{ {field} }}"),
            _ => field,
        }
    }

    /// Some arguments or input fields, with a comma between them.
    fn fields(&mut self, of: &[(&str, &str)], depth: usize) -> Option<String> {
        let mut fields = Vec::new();
        for (name, ty) in of {
            if self.one_in(4) {
                fields.push(format!("{name}: {}", self.written(ty, depth)));
            }
        }
        (!fields.is_empty()).then(|| fields.join(", "))
    }

    /// A value as a document has it.
    fn written(&mut self, ty: &str, depth: usize) -> String {
        match self.dice.roll(12) {
            0..5 => return self.variable(ty, depth),
            5 if !ty.ends_with('!') || self.one_in(10) => return "null".to_owned(),
            _ => {}
        }
        let ty = ty.trim_end_matches('!');
        if let Some(inner) = inner_of(ty) {
            if self.one_in(4) {
                return self.written(inner, depth);
            }
            let items: Vec<_> = (0..self.dice.roll(3)).map(|_| self.written(inner, depth)).collect();
            return format!("[{}]", items.join(", "));
        }
        match ty {
            "Parts" if depth == 0 => "{}".to_owned(),
            "Parts" => format!("{{ {} }}", self.fields(&PARTS, depth - 1).unwrap_or_default()),
            "JSON" if self.one_in(2) => {
                let (first, second) = (self.variable("Int", 0), self.variable("String", 0));
                format!("{{ a: {first}, b: [{second}, 1] }}")
            }
            "Kind" if !self.one_in(20) => ["RED", "GREEN"][self.dice.roll(2)].to_owned(),
            _ => literal(&self.plain(ty)),
        }
    }

    /// A new variable for a place of this type.
    fn variable(&mut self, place: &str, depth: usize) -> String {
        let name = format!("v{}", self.definitions.len());
        // Its place in the list, before what its default may add.
        let index = self.definitions.len();
        self.definitions.push(String::new());
        let ty = match self.dice.roll(12) {
            0 => OTHERS[self.dice.roll(OTHERS.len())].to_owned(),
            1..4 => format!("{}!", place.trim_end_matches('!')),
            4 | 5 => place.trim_end_matches('!').to_owned(),
            _ => place.to_owned(),
        };
        let default = match self.dice.roll(4) {
            0 => format!(" = {}", self.constant(&ty, depth)),
            _ => String::new(),
        };
        self.definitions[index] = format!("${name}: {ty}{default}");
        if !self.one_in(3) {
            let value = self.value(&ty, depth.min(1));
            self.variables.insert(name.clone(), value);
        }
        format!("${name}")
    }

    /// A default, which holds no variables.
    fn constant(&mut self, ty: &str, depth: usize) -> String {
        let value = self.value(ty, depth.min(1));
        literal(&value)
    }

    /// A value as JSON has it.
    fn value(&mut self, ty: &str, depth: usize) -> Json {
        if self.one_in(if ty.ends_with('!') { 20 } else { 5 }) {
            return Json::Null;
        }
        let ty = ty.trim_end_matches('!');
        if let Some(inner) = inner_of(ty) {
            return match self.one_in(4) {
                true => self.value(inner, depth),
                false => (0..self.dice.roll(3)).map(|_| self.value(inner, depth)).collect(),
            };
        }
        if ty != "Parts" || self.one_in(30) {
            return self.plain(ty);
        }
        let mut fields = Map::new();
        for (name, ty) in PARTS {
            if self.one_in(4) && (depth > 0 || !ty.contains("Parts")) {
                let value = self.value(ty, depth.saturating_sub(1));
                fields.insert(name.to_owned(), value);
            }
        }
        if self.one_in(40) {
            fields.insert("unknown".to_owned(), json!(1));
        }
        Json::Object(fields)
    }

    /// A value of a scalar, seldom of another.
    fn plain(&mut self, ty: &str) -> Json {
        let number = self.dice.roll(100);
        match (ty, self.dice.roll(25)) {
            (_, 0) => json!("text"),
            (_, 1) => json!(number),
            (_, 2) => json!(1.5),
            (_, 3) => json!(5_000_000_000_i64),
            ("Int", _) => json!(number),
            ("Float", 4..8) => json!(number),
            ("Float", _) => json!(0.25),
            ("Boolean", _) => json!(number.is_multiple_of(2)),
            ("ID", 4..8) => json!(number),
            ("Kind", _) => json!(["RED", "GREEN"][number % 2]),
            ("JSON", 4..8) => json!({ "list": [number, null, true], "text": "a" }),
            _ => json!(format!("text {number}")),
        }
    }
}

/// The type of a list's items.
fn inner_of(ty: &str) -> Option<&str> {
    ty.strip_prefix('[')?.strip_suffix(']')
}

/// A JSON value as a document has it. Texts that are names of an enum's values are taken for these.
fn literal(value: &Json) -> String {
    match value {
        Json::Array(items) => {
            let items: Vec<_> = items.iter().map(literal).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{name}: {}", literal(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Json::String(text) if text == "RED" || text == "GREEN" => text.clone(),
        other => other.to_string(),
    }
}

/// The arguments as our executor gets them; what is wrong with an operation that has any error.
async fn ours(schema: &EchoSchema, language: &Language, text: &str, variables: &Json) -> Result<Json, String> {
    let told = |error| format!("{error:?}");
    let limits = Limits {
        cost: usize::MAX,
        ..Limits::default()
    };
    let document = Arc::new(Document::read(text, language, &limits).map_err(told)?);
    let chosen = document.choose(None).map_err(told)?;
    let variables = Variables::from_json(variables.clone());
    let values = chosen.coerce(variables).map_err(told)?;
    let mut response = schema.execute(chosen.request(values)).await;
    if !response.errors.is_empty() {
        return Err(format!("{:?}", response.errors));
    }
    chosen.complete(&mut response);
    response.data.into_json().map_err(|error| error.to_string())
}

/// Numbers as JavaScript has them: 1.0 is 1.
fn alike(value: &Json) -> Json {
    match value {
        Json::Number(number) => json!(number.as_f64()),
        Json::Array(items) => items.iter().map(alike).collect(),
        Json::Object(fields) => Json::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), alike(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// `clients` in its name: it needs what `make clients` installs.
#[tokio::test]
async fn arguments_are_coerced_as_by_the_clients_reference() {
    let schema = echo::schema();
    let sdl = schema.sdl();
    let language = Language::of(&sdl).unwrap();
    let mut cases = Vec::new();
    for seed in 0..OPERATIONS {
        let mut making = Making {
            dice: Dice(seed),
            definitions: Vec::new(),
            variables: Map::new(),
            fragments: Vec::new(),
        };
        let document = making.operation();
        cases.push(json!({ "schema": sdl, "document": document, "variables": making.variables }));
    }
    let expected = oracle::answers("coercion.mjs", &cases);
    let mut good = 0;
    for (case, theirs) in cases.iter().zip(&expected) {
        let theirs: Option<Json> = serde_json::from_str(theirs).unwrap();
        let text = case["document"].as_str().unwrap();
        let ours = ours(&schema, &language, text, &case["variables"]).await;
        good += usize::from(ours.is_ok());
        let (theirs, same) = (theirs.as_ref().map(alike), ours.as_ref().ok().map(alike));
        assert_eq!(
            theirs,
            same,
            "{text}\nvariables {}\n{:?}",
            case["variables"],
            ours.err()
        );
    }
    assert!((600..2400).contains(&good), "{good} of {OPERATIONS} are good");
}
