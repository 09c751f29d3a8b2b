//! `tombola check`.

use std::process::ExitCode;

use super::{
    database::connect,
    output::{block_on, fail, print},
};
use crate::config::{Config, ConfigError};

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
    if config.sqlite_file().is_some_and(|file| !file.exists()) {
        return Ok(vec![
            "  - there is no such file yet: `tombola serve` makes it".to_owned(),
        ]);
    }
    let connection = connect(config).await?;
    let found = migration::catalog::check(&connection).await?;
    connection.close().await?;
    Ok(found.iter().map(|problem| format!("  - {problem}")).collect())
}
