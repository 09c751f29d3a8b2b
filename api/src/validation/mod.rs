//! Rules for what clients send: each answers the cleaned value, or `VALIDATION` that says what to do.

mod json;
mod text;

use chrono::{DateTime, Utc};

use crate::error::{Error, Result};

pub use json::{json_object, path_of_nul};
pub use text::{optional_long_text, optional_text, text};

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
    let is_odd = |c: char| c.is_control() || c == '"' || text::is_invisible(c);
    let plain = value.len() <= MAX_EMAIL && !value.chars().any(is_odd);
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
