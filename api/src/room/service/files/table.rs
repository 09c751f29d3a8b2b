//! CSV (RFC 4180) that spreadsheets open as what it is: UTF-8, and nothing in it a formula.

use csv::{QuoteStyle, Terminator, WriterBuilder};

use crate::error::{Error, Result};

/// Without it Excel takes UTF-8 for the code page of its country.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// What spreadsheets take for the beginning of a formula, in both widths.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What they take for the end of a cell, each in some country, whatever stands around it.
const SEPARATORS: [char; 5] = [',', ';', '\t', '\r', '\n'];

/// A cell of a line.
pub(super) enum Cell {
    /// What somebody wrote.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Nothing.
    Empty,
}

impl Cell {
    /// Something that may be missing.
    pub(super) fn of(text: Option<impl ToString>) -> Self {
        text.map_or(Self::Empty, |text| Self::Text(text.to_string()))
    }
}

/// The beginning of a file, with the names of its columns.
///
/// # Errors
/// `INTERNAL` when it cannot be written.
pub(super) fn beginning(names: &[&str]) -> Result<Vec<u8>> {
    let names = names.iter().map(|name| Cell::of(Some(name))).collect();
    Ok([BYTE_ORDER_MARK, &lines(&[names])?].concat())
}

/// Lines of a file.
///
/// # Errors
/// `INTERNAL` when they cannot be written.
pub(super) fn lines(lines: &[Vec<Cell>]) -> Result<Vec<u8>> {
    let mut writer = WriterBuilder::new()
        .terminator(Terminator::CRLF)
        .quote_style(QuoteStyle::Always)
        .from_writer(Vec::new());
    for line in lines {
        writer.write_record(line.iter().map(written)).map_err(Error::internal)?;
    }
    writer
        .into_inner()
        .map_err(|error| Error::internal(anyhow::anyhow!("a file could not be written: {error}")))
}

fn written(cell: &Cell) -> String {
    match cell {
        Cell::Text(text) => harmless(text),
        Cell::Number(number) => number.to_string(),
        Cell::Empty => String::new(),
    }
}

/// A text that stays one. An apostrophe stands before each sign that begins a formula, also behind a separator: where cells
/// end with another character than the comma, quotes do not hold a text together. A text that was changed begins with an
/// apostrophe, so that a reader can tell.
fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 2);
    let mut is_beginning = true;
    for letter in text.chars() {
        if is_beginning && SIGNS.contains(&letter) {
            safe.push('\'');
        }
        // Blanks and quotes before a sign are taken off by some.
        is_beginning = SEPARATORS.contains(&letter) || is_beginning && (letter.is_whitespace() || letter == '"');
        safe.push(letter);
    }
    let begins_a_cell = text.starts_with(SEPARATORS);
    if (begins_a_cell || safe.len() > text.len()) && !safe.starts_with('\'') {
        safe.insert(0, '\'');
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_a_spreadsheet_would_compute_stays_a_text() {
        for (text, wanted) in [
            ("Zoë 🎉", "Zoë 🎉"),
            ("a=b", "a=b"),
            ("a, b; c", "a, b; c"),
            ("", ""),
            ("=1+1", "'=1+1"),
            ("+49 1", "'+49 1"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("\tTab", "'\tTab"),
            ("\rReturn", "'\rReturn"),
            (" =1", "' '=1"),
            ("\u{a0}=1", "'\u{a0}'=1"),
            ("\"=1", "'\"'=1"),
            ("DDE;=cmd|'/C calc'!A0", "'DDE;'=cmd|'/C calc'!A0"),
            ("a, =1", "'a, '=1"),
            ("a\t@x", "'a\t'@x"),
            ("a\n-1", "'a\n'-1"),
            ("a\r\n+1", "'a\r\n'+1"),
            ("a;\"=1", "'a;\"'=1"),
            ("=1;=2", "'=1;'=2"),
        ] {
            assert_eq!(harmless(text), wanted, "{text:?}");
        }
    }

    #[test]
    fn numbers_stay_numbers_and_every_cell_is_quoted() {
        let line = vec![Cell::Number(-5), Cell::Empty, Cell::Text("a\"b".to_owned())];
        let file = [beginning(&["one", "two"]).unwrap(), lines(&[line]).unwrap()].concat();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text, "\u{feff}\"one\",\"two\"\r\n\"-5\",\"\",\"a\"\"b\"\r\n");
    }
}
