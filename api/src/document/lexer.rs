//! How long a document is and how deep it nests, before anything recursive walks it.

use crate::{
    config::Limits,
    error::{RequestError, RequestResult},
    limit::Limit,
};

/// Deepest nesting of brackets. graphql-js's introspection query needs 16; deeper literals have no use.
const MAX_NESTING: usize = 64;

/// Counts bytes, tokens (GraphQL specification §2.1.6) and brackets outside strings and comments, without recursion:
/// the parser and the executor walk a document recursively, and one that nests hundreds of levels would overflow the
/// stack, which ends the process.
///
/// # Errors
/// `DOCUMENT_TOO_LARGE`, `TOO_MANY_TOKENS`, `TOO_DEEP` for more than 64 levels of brackets, or `VALIDATION` for a text that
/// is not closed, because the parser would read on behind its quotes, uncounted, and for one that holds U+0000.
pub(super) fn measure(document: &str, limits: &Limits) -> RequestResult<()> {
    if document.len() > limits.document_bytes {
        let message = format!(
            "The document has {} bytes; {} are allowed. Ask for less, or send long texts as variables.",
            document.len(),
            limits.document_bytes
        );
        return Err(RequestError::exceeded(Limit::Document, message));
    }
    if document.contains('\0') {
        let message = "The document holds the character U+0000. Take it out.";
        return Err(RequestError::inexecutable("query", message));
    }
    let mut depth = 0_usize;
    let mut tokens = 0_usize;
    let mut rest = document.as_bytes();
    while let Some(&byte) = rest.first() {
        if is_ignored(byte) {
            rest = &rest[1..];
            continue;
        }
        if byte == b'#' {
            rest = after_line(rest);
            continue;
        }
        tokens += 1;
        if tokens > limits.tokens {
            let message = format!(
                "The document has more than {} tokens. Ask for less at once, or send lists as variables.",
                limits.tokens
            );
            return Err(RequestError::exceeded(Limit::Tokens, message));
        }
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            let message =
                format!("The document nests deeper than {MAX_NESTING} levels of brackets. Ask for less at once.");
            return Err(RequestError::exceeded(Limit::Depth, message));
        }
        rest = after_token(rest).ok_or_else(|| open_text(document, rest))?;
    }
    Ok(())
}

/// White space, line ends, commas and the byte order mark mean nothing.
fn is_ignored(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b',' | 0xEF | 0xBB | 0xBF)
}

fn open_text(document: &str, rest: &[u8]) -> RequestError {
    let before = &document.as_bytes()[..document.len() - rest.len()];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let message = format!("The text that begins in line {line} of the document is not closed. Close it with quotes.");
    RequestError::inexecutable("query", message)
}

/// What follows the first token; nothing when it is a text that is not closed.
fn after_token(text: &[u8]) -> Option<&[u8]> {
    match text[0] {
        b'"' => after_string(text),
        b'.' if text.starts_with(b"...") => Some(&text[3..]),
        byte if is_word(byte) => {
            let end = text.iter().position(|byte| !is_word(*byte)).unwrap_or(text.len());
            Some(&text[end..])
        }
        _ => Some(&text[1..]),
    }
}

/// What names and numbers are made of, or what the parser refuses later.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0xC0
}

/// What follows a string or block string (GraphQL specification §2.9.4); nothing for one that is not closed.
fn after_string(text: &[u8]) -> Option<&[u8]> {
    let (quotes, mut rest): (&[u8], _) = match text.strip_prefix(b"\"\"\"") {
        Some(rest) => (b"\"\"\"", rest),
        None => (b"\"", &text[1..]),
    };
    while !rest.is_empty() {
        if let Some(end) = rest.strip_prefix(quotes) {
            return Some(end);
        }
        // A plain string ends in its line.
        if quotes.len() == 1 && matches!(rest[0], b'\n' | b'\r') {
            return None;
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
    None
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
