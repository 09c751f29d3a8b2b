//! How texts are compared: alike on every database and under any collation, because only bytes are compared there.

use std::borrow::Cow;

use icu_casemap::CaseMapper;
use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

/// Most characters of a sort key: a row of an index must stay small, whatever letters a text is made of.
const MAX_SORT_KEY: usize = 400;

/// Marks of this combining class and above are accents of Latin, Greek and Cyrillic letters. Those below belong to what a
/// letter is in other scripts, such as the voicing marks of Japanese.
const ACCENT: u8 = 200;

/// Stands before every character of a text, and in no text.
const SEPARATOR: char = '\u{1}';

/// A text as it is searched: capitals and small letters together, each letter by itself, in canonical form (Unicode 3.13,
/// canonical caseless matching; composed).
pub fn folded(text: &str) -> String {
    let decomposed: String = text.nfd().collect();
    let folded: Cow<'_, str> = CaseMapper::new().fold_string(&decomposed);
    folded.nfc().collect()
}

/// A text as it is put in order, by bytes: by its letters, and where those are the same by their accents.
pub fn sort_key(text: &str) -> String {
    let folded = folded(text);
    let letters: String = folded
        .nfd()
        .filter(|&c| canonical_combining_class(c) < ACCENT)
        .nfc()
        .collect();
    let accents = (letters != folded).then_some(folded);
    let key = letters.chars().chain(
        accents
            .iter()
            .flat_map(|folded| [SEPARATOR].into_iter().chain(folded.chars())),
    );
    key.take(MAX_SORT_KEY).collect()
}

#[cfg(test)]
mod tests {
    use super::{MAX_SORT_KEY, folded, sort_key};

    #[test]
    fn letters_are_folded_one_by_one_and_composed() {
        for (text, expected) in [
            ("ÄPFEL", "äpfel"),
            ("A\u{308}pfel", "äpfel"),
            // A sigma at the end of a word is the same letter.
            ("ΟΔΟΣ", "οδοσ"),
            ("οδος", "οδοσ"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("İ", "i\u{307}"),
            ("ı", "ı"),
            ("ﬁ", "fi"),
            ("\u{212B}", "å"),
            ("が", "が"),
            ("か\u{3099}", "が"),
            ("한국", "한국"),
        ] {
            assert_eq!(folded(text), expected, "{text}");
        }
    }

    #[test]
    fn accents_stand_beside_their_letter_and_nowhere_else() {
        let mut texts = [
            "Zebra", "cherry", "Äpfel", "apfel", "apple", "Banana", "apfel 2", "が", "か", "く", "Ёлка", "ель", "ж",
        ];
        texts.sort_by_key(|text| sort_key(text));
        let expected = [
            "apfel", "Äpfel", "apfel 2", "apple", "Banana", "cherry", "Zebra", "Ёлка", "ель", "ж", "か", "が", "く",
        ];
        assert_eq!(texts, expected);
        assert_eq!(sort_key("Apple"), sort_key("aPPLE"));
    }

    #[test]
    fn the_key_of_any_text_is_short() {
        for letter in ["\u{1D160}", "\u{1F82}", "İ", "ﷺ", "🎉"] {
            assert!(
                sort_key(&letter.repeat(200)).chars().count() <= MAX_SORT_KEY,
                "{letter}"
            );
        }
    }
}
