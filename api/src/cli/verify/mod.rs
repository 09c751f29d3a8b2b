//! `tombola verify`: checks a draw's transcript, or one's own receipt, without trusting a server: it reads a file or one
//! address.

mod findings;

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use draw::{Failure, Hex, HexError, Receipt, ReceiptError, Report};
use futures::TryStreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use tokio_util::io::{StreamReader, SyncIoBridge};

use self::findings::{Findings, Proof};
use super::output::{fail, write};

/// The exit status is 0 when everything holds, 1 when a check fails, 2 when there is nothing that could be read, and 3 when
/// nothing failed but the draw is not over.
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// A transcript: a file, an address that starts with http, or - for standard input.
    #[arg(value_name = "FILE|URL|-", required_unless_present = "receipt")]
    transcript: Option<String>,
    /// Your receipt (drawReceipt's document): proves that you were on the list, of the transcript if one is given too.
    #[arg(long, value_name = "FILE")]
    receipt: Option<PathBuf>,
    /// The server's public key, 64 hexadecimal digits: with any other the check `signature` fails. The server shows it at
    /// /.well-known/jwks.json and in Draw.signature.
    #[arg(long, value_name = "KEY", value_parser = key)]
    key: Option<Hex<32>>,
    /// Answer with one JSON object, for programs.
    #[arg(long)]
    json: bool,
}

const UNREADABLE: u8 = 2;

/// From this many bytes on, a person is shown how far it is.
const LARGE: u64 = 4 * 1024 * 1024;

pub(super) fn run(arguments: Arguments) -> ExitCode {
    let findings = match look(&arguments) {
        Ok(findings) => findings,
        Err(error) => {
            fail(&error);
            return ExitCode::from(UNREADABLE);
        }
    };
    let told = if arguments.json {
        findings.json()
    } else {
        findings.words()
    };
    match write(&told) {
        Ok(()) => ExitCode::from(findings.status()),
        Err(error) => {
            fail(&format!("the answer cannot be written: {error}"));
            ExitCode::from(UNREADABLE)
        }
    }
}

fn look(arguments: &Arguments) -> anyhow::Result<Findings> {
    let key = arguments.key;
    let transcript = arguments.transcript.as_deref().map(|from| read(from, key));
    let transcript = transcript.transpose()?;
    let receipt = arguments.receipt.as_deref().map(read_small).transpose()?;
    let receipt = receipt.map(|bytes| match &transcript {
        Some(Err(_)) => Proof::NotLookedAt,
        Some(Ok(report)) => check_receipt(&bytes, key, Some(report)).into(),
        None => check_receipt(&bytes, key, None).into(),
    });
    Ok(Findings {
        transcript,
        receipt,
        key,
    })
}

/// A key as people copy it.
fn key(text: &str) -> Result<Hex<32>, HexError> {
    Hex::parse(&text.to_ascii_lowercase())
}

/// Largest receipt, in bytes: a path through 2³² entries has 32 hashes.
const MAX_RECEIPT: u64 = 64 * 1024;

fn read_small(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let named = |error: io::Error| unreadable(&file.display().to_string(), &error);
    let open = File::open(file).map_err(named)?;
    open.take(MAX_RECEIPT).read_to_end(&mut bytes).map_err(named)?;
    Ok(bytes)
}

fn check_receipt(bytes: &[u8], key: Option<Hex<32>>, report: Option<&Report>) -> Result<Receipt, ReceiptError> {
    let receipt = Receipt::parse(bytes)?;
    receipt.verify()?;
    key.map_or(Ok(()), |key| receipt.signed_by(&key))?;
    report.map_or(Ok(()), |report| receipt.matches(report))?;
    Ok(receipt)
}

fn read(from: &str, key: Option<Hex<32>>) -> anyhow::Result<Result<Report, Failure>> {
    if from == "-" {
        return Ok(verify(io::stdin().lock(), key, None));
    }
    if from.starts_with("http://") || from.starts_with("https://") {
        return read_address(from, key);
    }
    let file = File::open(from).map_err(|error| unreadable(from, &error))?;
    let length = file.metadata().map_err(|error| unreadable(from, &error))?;
    anyhow::ensure!(length.is_file(), "{from} is not a file. Give the path of a transcript.");
    Ok(verify(
        io::BufReader::with_capacity(1 << 16, file),
        key,
        Some(length.len()),
    ))
}

fn unreadable(name: &str, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("{name} cannot be read: {error}")
}

fn read_address(address: &str, key: Option<Hex<32>>) -> anyhow::Result<Result<Report, Failure>> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let response = reqwest::get(address)
            .await
            .and_then(reqwest::Response::error_for_status)
            .map_err(|error| anyhow::anyhow!("{address} does not answer with a transcript: {error}"))?;
        let length = response.content_length();
        let bytes = response.bytes_stream().map_err(io::Error::other);
        let reader = tokio::task::spawn_blocking(move || {
            let bridge = SyncIoBridge::new(Box::pin(StreamReader::new(bytes)));
            verify(io::BufReader::with_capacity(1 << 16, bridge), key, length)
        });
        Ok(reader.await?)
    })
}

fn verify(reader: impl Read, key: Option<Hex<32>>, length: Option<u64>) -> Result<Report, Failure> {
    let bar = bar(length);
    let mut progress = |bytes| bar.set_position(bytes);
    let outcome = match key {
        Some(key) => draw::verify_signed_by(key, reader, &mut progress),
        None => draw::verify(reader, &mut progress),
    };
    bar.finish_and_clear();
    outcome
}

/// On a terminal, and for what takes longer than a moment.
fn bar(length: Option<u64>) -> ProgressBar {
    if !io::stderr().is_terminal() || length.is_some_and(|length| length < LARGE) {
        return ProgressBar::hidden();
    }
    let (bar, template) = match length {
        Some(length) => (ProgressBar::new(length), "{wide_bar} {bytes}/{total_bytes} {eta}"),
        None => (ProgressBar::new_spinner(), "{spinner} {bytes}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
