//! `tombola verify`: checks a draw's transcript, or one's own receipt, without trusting a server: it reads a file or one
//! address.

use std::{
    fs::File,
    io::{self, IsTerminal, Read},
    path::{Path, PathBuf},
    process::ExitCode,
};

use draw::{Failure, Receipt, ReceiptError, Report, Standing};
use futures::TryStreamExt;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value as Json, json};
use tokio_util::io::{StreamReader, SyncIoBridge};

use super::{fail, print};

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
    /// The server's public key, 64 hexadecimal digits: refuse signatures of any other. The server shows it at
    /// /.well-known/jwks.json and in Draw.signature.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Answer with one JSON object, for programs.
    #[arg(long)]
    json: bool,
}

const FAILED: u8 = 1;
const UNREADABLE: u8 = 2;
const OPEN: u8 = 3;

/// From this many bytes on, a person is shown how far it is.
const LARGE: u64 = 4 * 1024 * 1024;

/// What was found, before it is put into words.
struct Findings {
    transcript: Option<Result<Report, Failure>>,
    receipt: Option<Result<Receipt, ReceiptError>>,
    wrong_key: Option<String>,
}

pub(super) fn run(arguments: Arguments) -> ExitCode {
    match look(&arguments) {
        Err(error) => {
            fail(&error);
            ExitCode::from(UNREADABLE)
        }
        Ok(findings) => {
            print(&if arguments.json {
                findings.json().to_string()
            } else {
                findings.words()
            });
            ExitCode::from(findings.status())
        }
    }
}

fn look(arguments: &Arguments) -> anyhow::Result<Findings> {
    let transcript = arguments.transcript.as_deref().map(read).transpose()?;
    let report = transcript.as_ref().and_then(|found| found.as_ref().ok());
    let receipt = match &arguments.receipt {
        Some(file) => Some(check_receipt(&read_small(file)?, report)),
        None => None,
    };
    let keys = [
        report.map(|report| report.key.to_string()),
        receipt
            .as_ref()
            .and_then(|found| found.as_ref().ok())
            .map(|receipt| receipt.freeze.signature.key.to_string()),
    ];
    let wanted = arguments.key.as_ref().map(|key| key.to_ascii_lowercase());
    let wrong_key = wanted.and_then(|wanted| keys.into_iter().flatten().find(|key| *key != wanted));
    Ok(Findings {
        transcript,
        receipt,
        wrong_key,
    })
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

fn check_receipt(bytes: &[u8], report: Option<&Report>) -> Result<Receipt, ReceiptError> {
    let receipt = Receipt::parse(bytes)?;
    receipt.verify()?;
    report.map_or(Ok(()), |report| receipt.matches(report))?;
    Ok(receipt)
}

fn read(from: &str) -> anyhow::Result<Result<Report, Failure>> {
    if from == "-" {
        return Ok(verify(io::stdin().lock(), None));
    }
    if from.starts_with("http://") || from.starts_with("https://") {
        return read_address(from);
    }
    let file = File::open(from).map_err(|error| unreadable(from, &error))?;
    let length = file.metadata().map_err(|error| unreadable(from, &error))?;
    anyhow::ensure!(length.is_file(), "{from} is no file. Give the path of a transcript.");
    Ok(verify(io::BufReader::with_capacity(1 << 16, file), Some(length.len())))
}

fn unreadable(name: &str, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("{name} cannot be read: {error}")
}

fn read_address(address: &str) -> anyhow::Result<Result<Report, Failure>> {
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
            verify(io::BufReader::with_capacity(1 << 16, bridge), length)
        });
        Ok(reader.await?)
    })
}

fn verify(reader: impl Read, length: Option<u64>) -> Result<Report, Failure> {
    let bar = bar(length);
    let outcome = draw::verify(reader, &mut |bytes| bar.set_position(bytes));
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

impl Findings {
    fn status(&self) -> u8 {
        let failed =
            self.wrong_key.is_some() || matches!(self.transcript, Some(Err(_))) || matches!(self.receipt, Some(Err(_)));
        let open = matches!(&self.transcript, Some(Ok(report)) if matches!(report.standing, Standing::Open(_)));
        match (failed, open) {
            (true, _) => FAILED,
            (false, true) => OPEN,
            (false, false) => 0,
        }
    }

    fn json(&self) -> Json {
        json!({
            "holds": self.status() != FAILED,
            "transcript": self.transcript.as_ref().map(|found| match found {
                Ok(report) => json!({ "holds": true, "report": report }),
                Err(failure) => json!({ "holds": false, "failure": failure }),
            }),
            "receipt": self.receipt.as_ref().map(|found| match found {
                Ok(receipt) => json!({ "holds": true, "draw": receipt.draw, "index": receipt.index, "weight": receipt.weight }),
                Err(error) => json!({ "holds": false, "message": error.to_string() }),
            }),
            "wrongKey": self.wrong_key,
        })
    }

    fn words(&self) -> String {
        let mut lines = Vec::new();
        match &self.transcript {
            Some(Ok(report)) => report_words(report, &mut lines),
            Some(Err(failure)) => failure_words(failure, &mut lines),
            None => {}
        }
        match &self.receipt {
            Some(Ok(receipt)) => lines.push(format!(
                "The receipt holds: {} is on the list of {}, in place {} with weight {}.",
                receipt.user, receipt.draw, receipt.index, receipt.weight
            )),
            Some(Err(error)) => lines.push(format!("The receipt does NOT hold: {error}.")),
            None => {}
        }
        if let Some(key) = &self.wrong_key {
            lines.push(format!("Signed with ANOTHER key than the one given: {key}."));
        }
        lines.join("\n")
    }
}

fn passed_words(passed: &[draw::Passed], lines: &mut Vec<String>) {
    for check in passed {
        lines.push(format!("  ok      {:<10} {}", check.check.word(), check.message));
    }
}

fn failure_words(failure: &Failure, lines: &mut Vec<String>) {
    passed_words(&failure.passed, lines);
    lines.push(format!("  FAILED  {:<10} {}", failure.check.word(), failure.message));
    lines.push(String::new());
    lines.push(format!(
        "This transcript does NOT hold: the check “{}” failed. What comes after it was not looked at.",
        failure.check
    ));
}

fn report_words(report: &Report, lines: &mut Vec<String>) {
    lines.push(format!("Draw {} in {}", report.draw, report.room));
    lines.push(String::new());
    passed_words(&report.passed, lines);
    lines.push(String::new());
    lines.push(match report.standing {
        Standing::Drawn => "Everything holds: whoever computes this draw gets these winners.".to_owned(),
        Standing::Void => "Everything holds. The draw was VOIDED: nobody has won.".to_owned(),
        Standing::Open(awaited) => format!("Everything holds so far. The draw is not over; it waits for: {awaited}."),
    });
    for prize in &report.prizes {
        lines.push(format!(
            "\n{} ({}), {} of {} held:",
            prize.name,
            prize.id,
            prize.winners.len(),
            prize.quantity
        ));
        for winner in prize.winners.iter().take(SHOWN) {
            let claimed = if winner.claimed { ", claimed" } else { "" };
            lines.push(format!("  rank {:<6} entry {}{claimed}", winner.rank, winner.pid));
        }
        if prize.winners.len() > SHOWN {
            lines.push(format!(
                "  and {} more (--json lists them all)",
                prize.winners.len() - SHOWN
            ));
        }
    }
    lines.push(format!(
        "\nSigned with the key {}. Whether it is the server's, see its /.well-known/jwks.json.",
        report.key
    ));
}

/// Winners of a prize that are listed for people.
const SHOWN: usize = 20;
