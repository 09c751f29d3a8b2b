//! `tombola check`.

use std::process::ExitCode;

use super::{block_on, fail, print};
use crate::{
    clock::Clock,
    config::{Config, ConfigError},
    events::Bus,
    store::Store,
};

pub(super) fn run(config: Result<Config, ConfigError>) -> ExitCode {
    let config = match config {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    block_on(async {
        match problems(&config).await {
            Ok(problems) if problems.is_empty() => print("configuration: sound\ndatabase: sound"),
            Ok(problems) => fail(&format!("the database is not as it must be:\n{}", problems.join("\n"))),
            Err(error) => fail(&error),
        }
    })
}

async fn problems(config: &Config) -> anyhow::Result<Vec<String>> {
    let kind = config
        .database_kind()
        .ok_or_else(|| anyhow::anyhow!("database.url names no database"))?;
    let store = Store::open(kind, &config.database, Clock::system(), Bus::default()).await?;
    let connection = store.maintenance();
    let missing = migration::pending(&connection).await?;
    let mut problems: Vec<_> = missing
        .iter()
        .map(|name| format!("  - migration {name} is missing: run `tombola migrate up`"))
        .collect();
    if problems.is_empty() {
        let found = migration::catalog::check(&connection).await?;
        problems.extend(found.iter().map(|problem| format!("  - {problem}")));
    }
    store.close().await;
    Ok(problems)
}
