//! Rules for what clients send: each answers the cleaned value, or `VALIDATION` that says what to do.

use chrono::{DateTime, Utc};
use serde_json::Value as Json;

use crate::error::{Error, Result};

/// Longest title of a room, and name of a prize or an organization, in characters.
pub const MAX_TITLE: usize = 200;

/// Longest name of a person or an app, in characters.
pub const MAX_NAME: usize = 100;

/// Longest description of a room, in characters.
pub const MAX_ROOM_DESCRIPTION: usize = 5000;

/// Longest description of a prize, in characters.
pub const MAX_PRIZE_DESCRIPTION: usize = 2000;

/// Longest reason that is given for something, in characters.
pub const MAX_REASON: usize = 500;

/// Longest web address, in characters.
pub const MAX_URL: usize = 2000;

/// Longest e-mail address, in bytes.
pub const MAX_EMAIL: usize = 254;

/// Longest slug, in characters, which are ASCII.
pub const MAX_SLUG: usize = 50;

/// Most prizes of a room, and of a draw.
pub const MAX_PRIZES: usize = 1000;

/// Most draws of a room that are not void.
pub const MAX_DRAWS: usize = 100;

/// Most roles whose holders a draw lets in: all but VIEWER.
pub const MAX_DRAW_ROLES: usize = 3;

/// Longest user agent that is kept, in characters.
pub const MAX_USER_AGENT: usize = 300;

/// Largest JSON value, in bytes of its compact text.
pub const MAX_JSON: usize = 16 * 1024;

/// Deepest JSON value, in levels: readers of JSON refuse what is much deeper.
pub const MAX_JSON_DEPTH: usize = 32;

/// A text of one line, of 1 to `max` characters once its ends are trimmed.
///
/// # Errors
/// `VALIDATION` when it is empty, too long, or holds line breaks or control characters.
pub fn text(field: &'static str, value: &str, max: usize) -> Result<String> {
    checked_text(field, value.trim(), max, |c| c.is_control())
}

fn checked_text(field: &'static str, value: &str, max: usize, refused: impl Fn(char) -> bool) -> Result<String> {
    let length = value.chars().count();
    if value.chars().all(is_invisible) {
        return Err(Error::validation(
            field,
            format!("{field} is empty; give 1 to {max} characters."),
        ));
    }
    if length > max {
        return Err(Error::validation(
            field,
            format!("{field} has {length} characters; it may have {max} at most."),
        ));
    }
    if value.chars().any(refused) {
        return Err(Error::validation(
            field,
            format!("{field} holds control characters or line breaks; take them out."),
        ));
    }
    Ok(value.to_owned())
}

/// White space, and what takes no place at all: a name must show.
fn is_invisible(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A text of several lines that may be missing; an empty one counts as missing. Line breaks become `\n`.
///
/// # Errors
/// `VALIDATION` when it is too long, or holds control characters.
pub fn optional_long_text(field: &'static str, value: Option<&str>, max: usize) -> Result<Option<String>> {
    let value = value.map(|value| value.replace("\r\n", "\n")).unwrap_or_default();
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    checked_text(field, value, max, |c| c.is_control() && c != '\n' && c != '\t').map(Some)
}

/// A text that may be missing; an empty one counts as missing.
///
/// # Errors
/// As [`text`].
pub fn optional_text(field: &'static str, value: Option<&str>, max: usize) -> Result<Option<String>> {
    match value {
        Some(value) if !value.trim().is_empty() => text(field, value, max).map(Some),
        _ => Ok(None),
    }
}

/// A web address that may be missing.
///
/// # Errors
/// `VALIDATION` when it is not an https address.
pub fn optional_url(field: &'static str, value: Option<&str>) -> Result<Option<String>> {
    let Some(value) = optional_text(field, value, MAX_URL)? else {
        return Ok(None);
    };
    match url::Url::parse(&value) {
        Ok(url) if url.scheme() == "https" && url.has_host() => Ok(Some(value)),
        _ => Err(Error::validation(
            field,
            format!("{field} must be an address that starts with https://."),
        )),
    }
}

/// A JSON object of limited size.
///
/// # Errors
/// `VALIDATION` when it is no object, over 16 KiB, over 32 levels deep, or holds the character U+0000.
pub fn json_object(field: &'static str, value: Json) -> Result<Json> {
    if !value.is_object() {
        return Err(Error::validation(field, format!("{field} must be a JSON object.")));
    }
    let size = value.to_string().len();
    if size > MAX_JSON {
        return Err(Error::validation(
            field,
            format!("{field} has {size} bytes; it may have {MAX_JSON} at most."),
        ));
    }
    if depth(&value) > MAX_JSON_DEPTH {
        return Err(Error::validation(
            field,
            format!("{field} is nested too deep; it may have {MAX_JSON_DEPTH} levels at most."),
        ));
    }
    // PostgreSQL's JSON cannot hold it.
    if holds_nul(&value) {
        return Err(Error::validation(
            field,
            format!("{field} holds the character U+0000; take it out."),
        ));
    }
    Ok(value)
}

fn depth(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn holds_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(holds_nul),
        Json::Object(fields) => fields.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        _ => false,
    }
}

/// A whole number within bounds.
///
/// # Errors
/// `VALIDATION` outside of them.
pub fn number(field: &'static str, value: i64, least: i64, most: i64) -> Result<i64> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Error::validation(
        field,
        format!("{field} is {value}; it must be {least} to {most}."),
    ))
}

/// A whole number within bounds that fits a database integer.
///
/// # Errors
/// As [`number`].
pub fn integer(field: &'static str, value: i32, least: i32, most: i32) -> Result<i32> {
    number(field, value.into(), least.into(), most.into()).map(|_| value)
}

/// A start and an end, either of which may be open.
pub type Period = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Start and end in order, both in years 2000 to 2999, in whole milliseconds.
///
/// # Errors
/// `VALIDATION` that names the one at fault.
pub fn period(starts_at: Option<DateTime<Utc>>, ends_at: Option<DateTime<Utc>>) -> Result<Period> {
    let starts_at = starts_at.map(|time| moment("startsAt", time)).transpose()?;
    let ends_at = ends_at.map(|time| moment("endsAt", time)).transpose()?;
    match (starts_at, ends_at) {
        (Some(start), Some(end)) if end < start => Err(Error::validation(
            "endsAt",
            "endsAt lies before startsAt; the room must end after it starts.",
        )),
        both => Ok(both),
    }
}

/// A time in years 2000 to 2999, in whole milliseconds.
///
/// # Errors
/// `VALIDATION` outside of them.
pub fn moment(field: &'static str, time: DateTime<Utc>) -> Result<DateTime<Utc>> {
    use chrono::{Datelike, SubsecRound, Timelike};
    if time.nanosecond() >= 1_000_000_000 {
        return Err(Error::validation(
            field,
            format!("{field} is a leap second, which is not kept; take the second before."),
        ));
    }
    if (2000..3000).contains(&time.year()) {
        return Ok(time.trunc_subsecs(3));
    }
    Err(Error::validation(
        field,
        format!("{field} lies in the year {}; it must be 2000 to 2999.", time.year()),
    ))
}

/// An IANA time zone.
///
/// # Errors
/// `VALIDATION` for an unknown name.
pub fn time_zone(field: &'static str, name: &str) -> Result<String> {
    let known = chrono_tz::TZ_VARIANTS
        .iter()
        .find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
    match known {
        Some(zone) => Ok(zone.name().to_owned()),
        None => Err(Error::validation(
            field,
            format!("{field} is no IANA time zone. It looks like Europe/Vienna."),
        )),
    }
}

/// An e-mail address, in lower case.
///
/// # Errors
/// `VALIDATION` when it is none.
pub fn email(field: &'static str, value: &str) -> Result<String> {
    let value = value.trim().to_lowercase();
    let plain = value.len() <= MAX_EMAIL && !value.chars().any(|c| c.is_control() || c == '"');
    let options = email_address::Options::default()
        .without_display_text()
        .without_domain_literal()
        .with_required_tld();
    if plain && email_address::EmailAddress::parse_with_options(&value, options).is_ok() {
        return Ok(value);
    }
    Err(Error::validation(
        field,
        format!("{field} is no e-mail address. It looks like name@example.com."),
    ))
}

/// A short name for addresses: lower-case letters, digits and single hyphens, 3 to 50 characters.
///
/// # Errors
/// `VALIDATION` for anything else.
pub fn slug(field: &'static str, value: &str) -> Result<String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let shape = !value.starts_with('-') && !value.ends_with('-') && !value.contains("--");
    if (3..=MAX_SLUG).contains(&value.len()) && value.chars().all(allowed) && shape {
        return Ok(value.to_owned());
    }
    let rule = "must have 3 to 50 characters: lower-case letters, digits and single hyphens between them.";
    Err(Error::validation(field, format!("{field} {rule}")))
}

/// A slug made from a name; empty when the name has no Latin letters or digits.
pub fn slug_from(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    let mut slug = String::new();
    for c in name.nfkd() {
        if c.is_ascii_alphanumeric() {
            slug.push(c.to_ascii_lowercase());
        } else if (c.is_whitespace() || c.is_ascii_punctuation()) && !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 40 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}
