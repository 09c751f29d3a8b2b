//! A schema whose field answers its arguments as they came: one that was left out is not among them.

use async_graphql::{
    EmptyMutation, EmptySubscription, Enum, ID, InputObject, Json as Any, MaybeUndefined, Object, Schema,
    ValidationMode,
};
use serde_json::{Map, Value as Json, json};

pub(crate) type EchoSchema = Schema<Query, EmptyMutation, EmptySubscription>;

pub(crate) fn schema() -> EchoSchema {
    // The server's own schema leaves the rules to the front, too.
    let builder = Schema::build(Query, EmptyMutation, EmptySubscription);
    builder.validation_mode(ValidationMode::Fast).finish()
}

/// How a value came; nothing for one that was left out.
trait Echo {
    fn echo(&self) -> Option<Json>;
}

macro_rules! plain {
    ($($ty:ty),*) => { $(impl Echo for $ty { fn echo(&self) -> Option<Json> { Some(json!(self)) } })* };
}

plain!(i32, f64, bool, String, ID);

impl Echo for Any<Json> {
    fn echo(&self) -> Option<Json> {
        Some(self.0.clone())
    }
}

impl<T: Echo> Echo for Option<T> {
    fn echo(&self) -> Option<Json> {
        self.as_ref().map_or(Some(Json::Null), Echo::echo)
    }
}

impl<T: Echo> Echo for Box<T> {
    fn echo(&self) -> Option<Json> {
        self.as_ref().echo()
    }
}

impl<T: Echo> Echo for Vec<T> {
    fn echo(&self) -> Option<Json> {
        Some(self.iter().filter_map(Echo::echo).collect())
    }
}

impl<T: Echo> Echo for MaybeUndefined<T> {
    fn echo(&self) -> Option<Json> {
        match self {
            Self::Undefined => None,
            Self::Null => Some(Json::Null),
            Self::Value(value) => value.echo(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
enum Kind {
    Red,
    Green,
}

impl Echo for Kind {
    fn echo(&self) -> Option<Json> {
        Some(json!(if *self == Self::Red { "RED" } else { "GREEN" }))
    }
}

macro_rules! echoed {
    ($($name:literal: $value:expr),* $(,)?) => {{
        let mut fields = Map::new();
        $(if let Some(value) = $value.echo() { fields.insert($name.to_owned(), value); })*
        Json::Object(fields)
    }};
}

/// Fields of every kind: with and without null, with and without defaults, lists of lists, itself.
#[derive(InputObject)]
struct Parts {
    number: MaybeUndefined<i32>,
    #[graphql(default = 7)]
    count: i32,
    #[graphql(default_with = "Some(3)")]
    most: Option<i32>,
    numbers: MaybeUndefined<Vec<i32>>,
    matrix: MaybeUndefined<Vec<Option<Vec<Option<bool>>>>>,
    #[graphql(default_with = "Some(Kind::Green)")]
    kind: Option<Kind>,
    any: MaybeUndefined<Any<Json>>,
    parts: MaybeUndefined<Box<Parts>>,
    list: MaybeUndefined<Vec<Parts>>,
}

impl Echo for Parts {
    fn echo(&self) -> Option<Json> {
        Some(echoed! {
            "number": self.number, "count": self.count, "most": self.most, "numbers": self.numbers,
            "matrix": self.matrix, "kind": self.kind, "any": self.any, "parts": self.parts, "list": self.list,
        })
    }
}

pub(crate) struct Query;

#[Object(serial)]
impl Query {
    #[allow(clippy::too_many_arguments, reason = "one of each kind")]
    async fn echo(
        &self,
        number: MaybeUndefined<i32>,
        #[graphql(default = 5)] count: i32,
        #[graphql(default_with = "Some(9)")] most: Option<i32>,
        ratio: MaybeUndefined<f64>,
        text: MaybeUndefined<String>,
        id: MaybeUndefined<ID>,
        flag: MaybeUndefined<bool>,
        kinds: MaybeUndefined<Vec<Option<Kind>>>,
        numbers: MaybeUndefined<Vec<i32>>,
        any: MaybeUndefined<Any<Json>>,
        parts: MaybeUndefined<Parts>,
        list: MaybeUndefined<Vec<Parts>>,
    ) -> Any<Json> {
        Any(echoed! {
            "number": number, "count": count, "most": most, "ratio": ratio, "text": text, "id": id, "flag": flag,
            "kinds": kinds, "numbers": numbers, "any": any, "parts": parts, "list": list,
        })
    }
}
