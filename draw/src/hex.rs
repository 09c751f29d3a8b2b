//! Bytes as lower-case hexadecimal text.

use core::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Exactly `N` bytes, written as `2 · N` lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// Why a text is not the hexadecimal form of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// Another number of digits.
    #[error("it has {found} characters instead of {expected} hexadecimal digits")]
    Length {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A character that is no lower-case hexadecimal digit.
    #[error("it may hold only the digits 0 to 9 and a to f, in lower case")]
    Digit,
}

impl<const N: usize> Hex<N> {
    /// Reads the text form.
    ///
    /// # Errors
    /// When the length is another, or a character is no lower-case hexadecimal digit.
    pub fn parse(text: &str) -> Result<Self, HexError> {
        let mut bytes = [0; N];
        if text.len() != N * 2 {
            return Err(HexError::Length {
                expected: N * 2,
                found: text.chars().count(),
            });
        }
        base16ct::lower::decode(text, &mut bytes).map_err(|_| HexError::Digit)?;
        Ok(Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&base16ct::lower::encode_string(&self.0))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

struct FixedVisitor<const N: usize>;

impl<const N: usize> de::Visitor<'_> for FixedVisitor<N> {
    type Value = Hex<N>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a text of {} lower-case hexadecimal digits", N * 2)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Hex::parse(text).map_err(E::custom)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(FixedVisitor)
    }
}
