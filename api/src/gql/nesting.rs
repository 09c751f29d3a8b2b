//! How deep a document nests, before anything recursive walks it.

use crate::error::{Error, Result};

/// Deepest nesting of brackets. graphql-js's introspection query needs 16; deeper literals have no use.
const MAX_NESTING: usize = 64;

/// Counts brackets outside strings and comments, without recursion: the parser and the executor walk a document
/// recursively, and one that nests hundreds of levels would overflow the stack, which ends the process.
///
/// # Errors
/// `VALIDATION` for more than 64 levels.
pub fn check_nesting(document: &str) -> Result<()> {
    let mut depth = 0_usize;
    let mut rest = document.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match byte {
            b'"' => after_string(rest),
            b'#' => after_line(tail),
            b'{' | b'[' | b'(' => {
                depth += 1;
                if depth > MAX_NESTING {
                    let message = format!(
                        "The document nests deeper than {MAX_NESTING} levels of brackets. Ask for less at once."
                    );
                    return Err(Error::validation("query", message));
                }
                tail
            }
            b'}' | b']' | b')' => {
                depth = depth.saturating_sub(1);
                tail
            }
            _ => tail,
        };
    }
    Ok(())
}

/// What follows a string or block string (GraphQL specification §2.9.4). An open one swallows the rest: the parser
/// refuses it anyway.
fn after_string(text: &[u8]) -> &[u8] {
    let (quotes, mut rest): (&[u8], _) = match text.strip_prefix(b"\"\"\"") {
        Some(rest) => (b"\"\"\"", rest),
        None => (b"\"", &text[1..]),
    };
    while !rest.is_empty() {
        if let Some(end) = rest.strip_prefix(quotes) {
            return end;
        }
        let skip = if rest[0] == b'\\' {
            if rest[1..].starts_with(quotes) {
                1 + quotes.len()
            } else {
                escape(quotes)
            }
        } else {
            1
        };
        rest = rest.get(skip..).unwrap_or_default();
    }
    rest
}

/// In a block string a backslash escapes nothing but the three quotes.
fn escape(quotes: &[u8]) -> usize {
    if quotes.len() == 1 { 2 } else { 1 }
}

fn after_line(text: &[u8]) -> &[u8] {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'\n' | b'\r'))
        .unwrap_or(text.len());
    &text[end..]
}
