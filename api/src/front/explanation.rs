//! `Tombola-Explain: 1`: which resolvers took how long, and which statements were sent.

use std::sync::{Arc, Mutex, PoisonError};

use async_graphql::{
    ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
    value,
};

use crate::{
    caller::Caller,
    error::{Error, Result},
    operation::Services,
    organization::is_admin_somewhere,
    store::Tally,
};

/// Most resolvers that are told of: a list of a hundred rows has hundreds.
const MOST: usize = 1000;

/// The resolvers of one operation.
#[derive(Default)]
pub(crate) struct Explanation(Mutex<Vec<(String, u64)>>);

impl Explanation {
    fn add(&self, path: String, microseconds: u64) {
        let mut resolvers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if resolvers.len() < MOST {
            resolvers.push((path, microseconds));
        }
    }

    /// The value of `extensions.explain`.
    pub(crate) fn tell(&self, tally: &Tally) -> Value {
        let resolvers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let resolvers = resolvers.iter();
        let resolvers: Vec<_> = resolvers
            .map(|(path, microseconds)| value!({ "path": path.clone(), "microseconds": *microseconds }))
            .collect();
        let statements: Vec<_> = tally
            .told()
            .into_iter()
            .map(|told| value!({ "sql": told.sql, "microseconds": micros(told.took) }))
            .collect();
        value!({ "resolvers": resolvers, "statements": statements })
    }
}

fn micros(took: std::time::Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}

/// Lets ADMINs of an organization have explanations, where there are any.
///
/// # Errors
/// `UNAUTHENTICATED` for nobody, `FORBIDDEN` for everybody else and on a server that explains nothing.
pub(crate) async fn allow(services: &Services, caller: &Caller) -> Result<()> {
    let session = caller.signed_in()?;
    if !services.config.explains() {
        return Err(Error::Forbidden(
            "This server explains nothing. Send the request without Tombola-Explain.".into(),
        ));
    }
    if is_admin_somewhere(&services.store.read(caller), session.user).await? {
        return Ok(());
    }
    Err(Error::Forbidden(
        "Tombola-Explain is for ADMINs of an organization. Send the request without it.".into(),
    ))
}

/// Times every resolver of an operation that is to be explained.
pub(crate) struct Explaining;

impl ExtensionFactory for Explaining {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_trait::async_trait]
impl Extension for Explaining {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let path = info.path_node.to_string();
        let start = std::time::Instant::now();
        let outcome = next.run(ctx, info).await;
        if let Some(explanation) = ctx.data_opt::<Arc<Explanation>>() {
            explanation.add(path, micros(start.elapsed()));
        }
        outcome
    }
}
