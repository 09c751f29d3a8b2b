//! A schema whose fields fail where a case says: every mixture of lists, null and not null, a union and an interface.

use std::collections::HashSet;

use async_graphql::{Context, EmptyMutation, EmptySubscription, Interface, Object, Schema, Union};

/// Response paths at which a field fails, such as `/a/0/b`.
pub(crate) struct Failing(pub(crate) HashSet<String>);

pub(crate) type FamilySchema = Schema<Query, EmptyMutation, EmptySubscription>;

pub(crate) fn schema() -> FamilySchema {
    Schema::build(Query, EmptyMutation, EmptySubscription)
        .register_output_type::<Named>()
        .finish()
}

fn path(ctx: &Context<'_>) -> String {
    let node = ctx.path_node.expect("a field has a path");
    node.to_string_vec().iter().map(|part| format!("/{part}")).collect()
}

/// Goes on unless the field at the present path is to fail.
fn attempt<T>(ctx: &Context<'_>, value: impl FnOnce(&str) -> T) -> async_graphql::Result<T> {
    let path = path(ctx);
    let failing = ctx.data::<Failing>()?;
    if failing.0.contains(&path) {
        return Err("It fails here.".into());
    }
    Ok(value(&path))
}

pub(crate) struct Query;

#[Object(serial)]
impl Query {
    async fn thing(&self, ctx: &Context<'_>) -> async_graphql::Result<Thing> {
        attempt(ctx, |_| Thing)
    }

    async fn maybe_thing(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thing>> {
        attempt(ctx, |_| Some(Thing))
    }

    async fn other(&self, ctx: &Context<'_>) -> async_graphql::Result<Other> {
        attempt(ctx, |_| Other)
    }
}

#[derive(Clone)]
pub(crate) struct Thing;

#[Object(serial)]
impl Thing {
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        attempt(ctx, str::to_owned)
    }

    async fn maybe_name(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        attempt(ctx, |path| Some(path.to_owned()))
    }

    async fn thing(&self, ctx: &Context<'_>) -> async_graphql::Result<Thing> {
        attempt(ctx, |_| Thing)
    }

    async fn maybe_thing(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thing>> {
        attempt(ctx, |_| Some(Thing))
    }

    async fn things(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Thing>> {
        attempt(ctx, |_| vec![Thing, Thing])
    }

    async fn maybe_things(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<Thing>>> {
        attempt(ctx, |_| Some(vec![Thing, Thing]))
    }

    async fn sparse_things(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Option<Thing>>> {
        attempt(ctx, |_| vec![Some(Thing), Some(Thing)])
    }

    async fn rows(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Vec<Vec<Thing>>>> {
        attempt(ctx, |_| Some(vec![vec![Thing, Thing], vec![Thing, Thing]]))
    }

    async fn names(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<String>> {
        attempt(ctx, |path| vec![format!("{path}/0"), format!("{path}/1")])
    }

    async fn either(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Either>> {
        attempt(ctx, |path| match is_other(path) {
            true => Either::Other(Other),
            false => Either::Thing(Thing),
        })
        .map(Some)
    }

    async fn eithers(&self, ctx: &Context<'_>) -> async_graphql::Result<Vec<Either>> {
        attempt(ctx, |path| {
            let either = |index: usize| match is_other(&format!("{path}/{index}")) {
                true => Either::Other(Other),
                false => Either::Thing(Thing),
            };
            vec![either(0), either(1)]
        })
    }

    async fn named(&self, ctx: &Context<'_>) -> async_graphql::Result<Named> {
        attempt(ctx, |path| match is_other(path) {
            true => Named::Other(Other),
            false => Named::Thing(Thing),
        })
    }
}

/// Which of two types stands at a path.
pub(crate) fn is_other(path: &str) -> bool {
    path.len().is_multiple_of(2)
}

#[derive(Clone)]
pub(crate) struct Other;

#[Object(serial)]
impl Other {
    async fn name(&self, ctx: &Context<'_>) -> async_graphql::Result<String> {
        attempt(ctx, str::to_owned)
    }

    async fn title(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<String>> {
        attempt(ctx, |path| Some(path.to_owned()))
    }

    async fn maybe_thing(&self, ctx: &Context<'_>) -> async_graphql::Result<Option<Thing>> {
        attempt(ctx, |_| Some(Thing))
    }
}

#[derive(Union)]
pub(crate) enum Either {
    Thing(Thing),
    Other(Other),
}

#[derive(Interface)]
#[graphql(field(name = "name", ty = "String"))]
pub(crate) enum Named {
    Thing(Thing),
    Other(Other),
}
