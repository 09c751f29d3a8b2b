//! What `tombola verify` found, and how it says so.

use draw::{Failure, Hex, Passed, Receipt, ReceiptError, Report, Standing};
use serde_json::{Value as Json, json};

const FAILED: u8 = 1;
const OPEN: u8 = 3;

/// What was found, before it is put into words.
pub(super) struct Findings {
    pub(super) transcript: Option<Result<Report, Failure>>,
    pub(super) receipt: Option<Proof>,
    /// The key that had to be the signer's, where one was given.
    pub(super) key: Option<Hex<32>>,
}

/// What became of a receipt.
pub(super) enum Proof {
    Holds(Box<Receipt>),
    Fails(ReceiptError),
    /// Its transcript does not hold, so it would be compared with nothing.
    NotLookedAt,
}

impl From<Result<Receipt, ReceiptError>> for Proof {
    fn from(checked: Result<Receipt, ReceiptError>) -> Self {
        match checked {
            Ok(receipt) => Self::Holds(Box::new(receipt)),
            Err(error) => Self::Fails(error),
        }
    }
}

impl Findings {
    /// The exit status.
    pub(super) fn status(&self) -> u8 {
        let failed = matches!(self.transcript, Some(Err(_)))
            || matches!(self.receipt, Some(Proof::Fails(_) | Proof::NotLookedAt));
        let open = matches!(&self.transcript, Some(Ok(report)) if matches!(report.standing, Standing::Open(_)));
        match (failed, open) {
            (true, _) => FAILED,
            (false, true) => OPEN,
            (false, false) => 0,
        }
    }

    /// One JSON object, for programs. It is ASCII: names of others reach a terminal as escapes here, too.
    pub(super) fn json(&self) -> String {
        ascii(
            &json!({
                "holds": self.status() != FAILED,
                "policyHash": self.policy_hash(),
                "listRoot": self.list_root(),
                "transcript": self.transcript.as_ref().map(|found| match found {
                    Ok(report) => json!({ "holds": true, "report": report }),
                    Err(failure) => json!({ "holds": false, "failure": failure }),
                }),
                "receipt": self.receipt.as_ref().map(Proof::json),
                "wrongKey": self.wrong_key(),
            })
            .to_string(),
        )
    }

    /// Of what holds.
    fn policy_hash(&self) -> Option<Hex<32>> {
        match (&self.transcript, &self.receipt) {
            (Some(Ok(report)), _) => Some(report.policy_hash),
            (None, Some(Proof::Holds(receipt))) => Some(receipt.policy_hash),
            _ => None,
        }
    }

    /// Of what holds; nothing before the freeze.
    fn list_root(&self) -> Option<Hex<32>> {
        match (&self.transcript, &self.receipt) {
            (Some(Ok(report)), _) => report.list.as_ref().map(|list| Hex(list.root)),
            (None, Some(Proof::Holds(receipt))) => Some(receipt.freeze.root),
            _ => None,
        }
    }

    fn wrong_key(&self) -> Option<Hex<32>> {
        match (&self.transcript, &self.receipt) {
            (Some(Err(failure)), _) => failure.wrong_key,
            (_, Some(Proof::Fails(ReceiptError::WrongKey(key)))) => Some(*key),
            _ => None,
        }
    }

    /// Lines for people.
    pub(super) fn words(&self) -> String {
        let mut lines = Vec::new();
        match &self.transcript {
            Some(Ok(report)) => report_words(report, &mut lines),
            Some(Err(failure)) => failure_words(failure, &mut lines),
            None => {}
        }
        match &self.receipt {
            Some(Proof::Holds(receipt)) => {
                lines.push("The receipt holds.".to_owned());
                lines.push(receipt.summary());
            }
            Some(Proof::Fails(error)) => lines.push(format!(
                "The receipt does NOT hold: the check “{}” failed: {error}.",
                error.check()
            )),
            Some(Proof::NotLookedAt) => lines.push("The receipt was NOT looked at.".to_owned()),
            None => {}
        }
        if self.status() != FAILED {
            lines.push(self.advice().to_owned());
        }
        lines.join("\n")
    }

    fn advice(&self) -> &'static str {
        match self.key {
            Some(_) => {
                "The key is the one that was given. Compare policyHash and listRoot with those that you kept from before."
            }
            None => {
                "Compare policyHash and listRoot with those that you kept from before, and the key with that of the \
                 server (/.well-known/jwks.json): anybody can sign with a key of their own."
            }
        }
    }
}

impl Proof {
    fn json(&self) -> Json {
        match self {
            Self::Holds(receipt) => json!({
                "holds": true, "draw": receipt.draw, "index": receipt.index, "weight": receipt.weight
            }),
            Self::Fails(error) => json!({ "holds": false, "check": error.check(), "message": error.to_string() }),
            Self::NotLookedAt => json!({
                "holds": false, "check": null, "message": "it was not looked at: its transcript does not hold"
            }),
        }
    }
}

/// JSON without anything but ASCII: beyond it there are only texts, which may be written with escapes.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, ' '..='~') {
            text.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

fn passed_words(passed: &[Passed], lines: &mut Vec<String>) {
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
    passed_words(&report.passed, lines);
    lines.push(String::new());
    lines.push(match report.standing {
        Standing::Drawn => "Everything holds: whoever computes this draw gets these winners.".to_owned(),
        Standing::Void => "Everything holds. The draw was VOIDED: nobody has won.".to_owned(),
        Standing::Open(awaited) => format!("Everything holds so far. The draw is not over; it waits for: {awaited}."),
    });
    lines.push(String::new());
    lines.push(report.summary());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_in_ascii_is_the_same_json() {
        let value = json!({ "a\u{202e}": ["Größtes \"Los\" \u{1f3c6}\n\\u00e9", 1.5, null, "\u{7f}\u{9b}1A"] });
        let text = ascii(&value.to_string());
        assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')), "{text}");
        assert_eq!(serde_json::from_str::<Json>(&text).ok(), Some(value));
    }
}
