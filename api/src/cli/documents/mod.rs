//! `tombola documents`: which documents an app's clients may send by name.

mod manifest;

use std::{fs, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::{Context, anyhow};
use clap::Subcommand;

use super::{block_on, fail, print};
use crate::{
    app,
    clock::Clock,
    config::Config,
    documents::Source,
    operation::Services,
    schema::{self, ApiSchema},
};

/// Documents of one app.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Register documents, after checking each against the schema.
    ///
    /// A FILE is one .graphql document, or a manifest: of Relay's compiler or GraphQL Code Generator's client preset
    /// ({"<hash>": "<document>"}), or of Apollo (apollo-persisted-query-manifest). Each document is registered under its
    /// SHA-256 and under its id in the manifest. Registering again changes nothing.
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
    let sources = match &command {
        Command::Publish { files, .. } => checked(files).await?,
        _ => Vec::new(),
    };
    let services = app::prepare(config, Clock::system()).await?;
    let text = act(&services, command, &sources).await;
    services.store.close().await;
    text
}

async fn act(services: &Arc<Services>, command: Command, sources: &[Source]) -> anyhow::Result<String> {
    let documents = &services.documents;
    Ok(match command {
        Command::Publish { of, .. } => {
            let added = documents.publish(&of.client_id, sources).await?;
            let mut lines: Vec<_> = added
                .iter()
                .map(|row| format!("added {} {}", row.key, row.name))
                .collect();
            lines.push(format!("{} documents read, {} keys added", sources.len(), added.len()));
            lines.join("\n")
        }
        Command::List { of } => {
            let rows = documents.list(&of.client_id).await?;
            let line = |row: &entity::room::document::Model| format!("{} {} {}", row.key, row.hash, row.name);
            rows.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        Command::Remove { of, key } => {
            let removed = documents.remove(&of.client_id, &key).await?;
            format!("{removed} keys removed")
        }
    })
}

/// All documents of the files. Every fault is named, and none is registered when there is one.
async fn checked(files: &[PathBuf]) -> anyhow::Result<Vec<Source>> {
    let schema = schema::schema();
    let (mut sources, mut faults) = (Vec::new(), Vec::new());
    for file in files {
        let name = file.display().to_string();
        let content = fs::read_to_string(file).with_context(|| format!("{name} cannot be read"))?;
        let read = manifest::read(&name, &content);
        let (read, faulty) = read.map_or_else(|fault| (Vec::new(), vec![fault]), |read| (read, Vec::new()));
        faults.extend(faulty);
        for source in read {
            faults.extend(validate(&schema, &source).await);
            sources.push(source);
        }
    }
    if faults.is_empty() {
        return Ok(sources);
    }
    Err(anyhow!("nothing was registered:\n  - {}", faults.join("\n  - ")))
}

/// No operation is called this: GraphQL's names have no blanks.
const NO_OPERATION: &str = "no operation";

/// What the schema has against a document. The library validates only on the way to an execution; asking for an operation
/// that is not there ends that way before anything is executed.
async fn validate(schema: &ApiSchema, source: &Source) -> Vec<String> {
    let request = async_graphql::Request::new(&source.text).operation_name(NO_OPERATION);
    let answer = schema.execute(request).await;
    let faults = answer
        .errors
        .iter()
        .filter(|error| !error.message.contains(NO_OPERATION));
    faults
        .map(|error| match error.locations.first() {
            Some(place) => format!("{}:{}:{}: {}", source.place, place.line, place.column, error.message),
            None => format!("{}: {}", source.place, error.message),
        })
        .collect()
}
