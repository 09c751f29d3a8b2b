//! Names, ids and sentences on a screen: what others wrote cannot look like what a verifier says.

/// Characters that move the cursor or other characters, or that nobody sees: controls, spaces other than U+0020, line and
/// paragraph separators, controls of the reading direction, joiners, selectors, fillers, tags and private
/// ones. First and last of each
/// range; `draw/verify.py` has the same ones.
const HIDDEN: [(char, char); 26] = [
    ('\u{0}', '\u{1f}'),
    ('\u{7f}', '\u{a0}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{2000}', '\u{200f}'),
    ('\u{2028}', '\u{202f}'),
    ('\u{205f}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{e000}', '\u{f8ff}'),
    ('\u{fdd0}', '\u{fdef}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{fffe}', '\u{ffff}'),
    ('\u{13430}', '\u{13455}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{10ffff}'),
];

/// A name or an id that somebody else wrote, in quotes: hidden characters as `\u{…}`, quotes and backslashes behind a
/// backslash. Different texts look different, and none ends its line.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 2);
    shown.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => shown.extend(['\\', c]),
            c => push(&mut shown, c),
        }
    }
    shown.push('"');
    shown
}

/// A sentence that may repeat what somebody else wrote: hidden characters as `\u{…}`. It stays one line.
#[must_use]
pub(crate) fn sentence(text: &str) -> String {
    let mut sentence = String::with_capacity(text.len());
    text.chars().for_each(|c| push(&mut sentence, c));
    sentence
}

fn push(shown: &mut String, c: char) {
    if HIDDEN.iter().any(|(first, last)| (*first..=*last).contains(&c)) {
        shown.extend(c.escape_unicode());
    } else {
        shown.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_stays() {
        for text in ["Balloon ride", "Größtes Los \u{1f3c6}", "第一名", "جائزة", "a + b = c!"] {
            assert_eq!(shown(text), format!("\"{text}\""));
            assert_eq!(sentence(text), text);
        }
    }

    #[test]
    fn what_is_not_seen_is_written_out() {
        for (text, expected) in [
            ("a\nb", r#""a\u{a}b""#),
            ("\u{1b}[2K\rok", r#""\u{1b}[2K\u{d}ok""#),
            ("\u{9b}1A", r#""\u{9b}1A""#),
            ("a\u{202e}b\u{2066}", r#""a\u{202e}b\u{2066}""#),
            (
                "a\u{2028}\u{200b}\u{feff}\u{3000}",
                r#""a\u{2028}\u{200b}\u{feff}\u{3000}""#,
            ),
            (r#"a" ("b\u{a}"#, r#""a\" (\"b\\u{a}""#),
        ] {
            assert_eq!(shown(text), expected);
        }
        assert_eq!(sentence("throw 3 is \"\n\""), r#"throw 3 is "\u{a}""#);
    }

    #[test]
    fn the_ranges_are_in_order() {
        let ends: Vec<_> = HIDDEN.iter().flat_map(|(first, last)| [*first, *last]).collect();
        assert!(ends.is_sorted());
    }
}
