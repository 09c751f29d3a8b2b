//! Rules for texts that people read: they show something, and leave the direction of what stands around them alone.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup},
};

use crate::error::{Error, Result};

/// Letters and symbols that leave their place empty, though Unicode's properties do not tell: the blank pattern of braille,
/// marks of annotations and of replaced objects, blanks among the hieroglyphs, a note without its head.
const BLANKS: [char; 8] = [
    '\u{2800}',
    '\u{fff9}',
    '\u{fffa}',
    '\u{fffb}',
    '\u{fffc}',
    '\u{13441}',
    '\u{13442}',
    '\u{1d159}',
];

/// A text of one line, of 1 to `max` characters once its ends are trimmed.
///
/// # Errors
/// `VALIDATION` when it is empty or shows nothing, is too long, changes the direction of reading, or holds line breaks or
/// control characters.
pub fn text(field: &'static str, value: &str, max: usize) -> Result<String> {
    checked(field, value.trim(), max, |c| c.is_control() || is_separator(c))
}

/// A text of several lines that may be missing; an empty one counts as missing. Line breaks become `\n`.
///
/// # Errors
/// `VALIDATION` when it shows nothing, is too long, changes the direction of reading, or holds control characters.
pub fn optional_long_text(field: &'static str, value: Option<&str>, max: usize) -> Result<Option<String>> {
    let value = value.map(|value| value.replace("\r\n", "\n")).unwrap_or_default();
    let value = value.trim();
    if value.is_empty() {
        return Ok(None);
    }
    checked(field, value, max, |c| c.is_control() && c != '\n' && c != '\t').map(Some)
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

fn checked(field: &'static str, value: &str, max: usize, refused: impl Fn(char) -> bool) -> Result<String> {
    let length = value.chars().count();
    let fault = if value.is_empty() {
        format!("{field} is empty; give 1 to {max} characters.")
    } else if length > max {
        format!("{field} has {length} characters; it may have {max} at most.")
    } else if value.chars().any(refused) {
        format!("{field} holds control characters or line breaks; take them out.")
    } else if let Some(found) = value.chars().find(|c| turns(*c)) {
        let code = u32::from(found);
        format!("{field} holds the character U+{code:04X}, which changes the direction of reading; take it out.")
    } else if !value.chars().any(shows) {
        format!("{field} shows nothing: all its characters are blank or invisible. Give 1 to {max} that can be seen.")
    } else {
        return Ok(value.to_owned());
    };
    Err(Error::validation(field, fault))
}

/// The separators of lines and of paragraphs, which are line breaks.
fn is_separator(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}')
}

/// Embeds, overrides or isolates a direction (UAX #9 §2), for what follows too. The marks U+200E, U+200F and U+061C do
/// not: they stand for one letter, and texts in Arabic and Hebrew need them.
fn turns(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether a character can be seen by itself. Marks need a letter below them.
fn shows(c: char) -> bool {
    let is_mark = || GeneralCategoryGroup::Mark.contains(CodePointMapData::<GeneralCategory>::new().get(c));
    !c.is_control() && !is_invisible(c) && !is_mark()
}

/// Whether a character leaves no trace, or a blank.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_whitespace() || BLANKS.contains(&c) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_in_the_world_shows() {
        let names = [
            "Ada",
            "7",
            "…",
            "Ünïcode",
            "مریم می‌خواهد",
            "\u{200f}שלום\u{200f} (3)",
            "\u{61c}عمر",
            "नमस्ते",
            "ประเทศไทย",
            "김",
            "👩‍👩‍👧‍👦",
            "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
            "❤️",
            "1️⃣",
            "e\u{301}",
        ];
        for name in names {
            assert_eq!(text("name", name, 100).ok().as_deref(), Some(name));
        }
    }

    #[test]
    fn what_cannot_be_seen_does_not_show() {
        let hidden = "\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180e}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\
             \u{2028}\u{202e}\u{2060}\u{2064}\u{2066}\u{206f}\u{2800}\u{3000}\u{3164}\u{301}\u{20dd}\u{fe0f}\u{feff}\
             \u{ffa0}\u{fff9}\u{fffc}\u{13441}\u{1d159}\u{1d173}\u{e0001}\u{e0061}\u{e0100}\u{e0fff}";
        for c in hidden.chars() {
            assert!(!shows(c), "U+{:04X}", u32::from(c));
        }
        assert!(text("name", "\u{2800}\u{301}\u{3164}", 100).is_err());
    }
}
