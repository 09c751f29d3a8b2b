//! `tombola documents`: which documents an app's clients may send by name.

mod manifest;

use std::{fs, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use clap::Subcommand;

use self::manifest::Source;
use super::output::{block_on, fail, print};
use crate::{
    app,
    clock::Clock,
    config::{Config, Limits},
    document::{Document, Language},
    error::RequestError,
    operation::Services,
    published::NewDocument,
    schema,
};

/// Documents of one app.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Publish documents, after checking each against the schema and the limits.
    ///
    /// A FILE is one .graphql document, or a manifest: of Relay's compiler or GraphQL Code Generator's client preset
    /// ({"<hash>": "<document>"}), or of Apollo (apollo-persisted-query-manifest). Each document is published under its
    /// SHA-256 and under its id in the manifest. Publishing again changes nothing.
    Publish {
        #[command(flatten)]
        of: OfApp,
        /// Documents and manifests.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Print the documents of an app: key, SHA-256, names of its operations.
    List {
        #[command(flatten)]
        of: OfApp,
    },
    /// Take a document out of use, under its SHA-256 and all its ids. Servers feel it within a minute.
    Remove {
        #[command(flatten)]
        of: OfApp,
        /// Its SHA-256, or its id in the manifest.
        #[arg(value_name = "KEY")]
        key: String,
    },
}

#[derive(clap::Args)]
struct OfApp {
    /// Client id of the app, such as tmb_client_….
    #[arg(long = "app", value_name = "CLIENT_ID")]
    client_id: String,
}

pub(super) fn run(config: Config, arguments: Arguments) -> ExitCode {
    block_on(async {
        match answer(config, arguments.command).await {
            Ok(text) => print(&text),
            Err(error) => fail(&format!("{error:#}")),
        }
    })
}

async fn answer(config: Config, command: Command) -> anyhow::Result<String> {
    // What is wrong with the files is said before a database is asked for.
    let new = match &command {
        Command::Publish { files, .. } => checked(files, &config.limits)?,
        _ => Vec::new(),
    };
    let services = app::prepare(config, Clock::system()).await?;
    let text = act(&services, command, &new).await;
    services.store.close().await;
    text
}

async fn act(services: &Arc<Services>, command: Command, new: &[NewDocument]) -> anyhow::Result<String> {
    let published = &services.published;
    Ok(match command {
        Command::Publish { of, .. } => {
            let added = published.publish(&of.client_id, new).await?;
            let mut lines: Vec<_> = added
                .iter()
                .map(|row| format!("added {} {}", row.key, row.name))
                .collect();
            lines.push(format!("{} documents read, {} keys added", new.len(), added.len()));
            lines.join("\n")
        }
        Command::List { of } => {
            let rows = published.list(&of.client_id).await?;
            let line = |row: &entity::room::document::Model| format!("{} {} {}", row.key, row.hash, row.name);
            rows.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        Command::Remove { of, key } => {
            let removed = published.remove(&of.client_id, &key).await?;
            format!("{removed} keys removed")
        }
    })
}

/// All documents of the files. Every fault is named, and none is published when there is one.
fn checked(files: &[PathBuf], limits: &Limits) -> anyhow::Result<Vec<NewDocument>> {
    let language = Language::of(&schema::sdl()).map_err(|fault| anyhow!(fault))?;
    let (mut documents, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        let content = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
        match manifest::read(&name, &content) {
            Ok(sources) => {
                for source in sources {
                    match accepted(source, &language, limits) {
                        Ok(document) => documents.push(document),
                        Err(more) => faults.extend(more),
                    }
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        return Ok(documents);
    }
    Err(anyhow!("nothing was published:\n  - {}", faults.join("\n  - ")))
}

/// A document that a server with these limits reads, or what it would have against it.
fn accepted(source: Source, language: &Language, limits: &Limits) -> Result<NewDocument, Vec<String>> {
    let Source { place, id, text } = source;
    match Document::read(&text, language, limits) {
        Ok(document) => {
            let mut names: Vec<_> = document.names().collect();
            names.sort_unstable();
            let name = names.join(", ");
            Ok(NewDocument { place, id, name, text })
        }
        Err(RequestError::Invalid(faults)) => Err(faults
            .iter()
            .map(|fault| match fault.place {
                Some((line, column)) => format!("{place}:{line}:{column}: {}", fault.message),
                None => format!("{place}: {}", fault.message),
            })
            .collect()),
        Err(error) => Err(vec![format!("{place}: {error}")]),
    }
}
