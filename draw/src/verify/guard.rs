//! Limits on a transcript from anywhere, enforced on its bytes before the JSON library keeps anything of them.

use std::io::{Error, Read, Result};

const LONGEST_TEXT: u32 = 16 * 1024;
const LONGEST_NUMBER: u32 = 20;
const DEEPEST: u32 = 8;

/// A reader that passes bytes on while they keep the limits (specification, section Transcript): texts of at most
/// 16 KiB, numbers of at most 20 characters, eight levels of nesting. Whether it is JSON is for others to find out.
pub(crate) struct Guard<'a, R> {
    reader: R,
    progress: &'a mut dyn FnMut(u64),
    bytes: u64,
    limits: Limits,
}

impl<'a, R: Read> Guard<'a, R> {
    pub(crate) fn new(reader: R, progress: &'a mut dyn FnMut(u64)) -> Self {
        Self {
            reader,
            progress,
            bytes: 0,
            limits: Limits::default(),
        }
    }
}

impl<R: Read> Read for Guard<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let count = self.reader.read(buffer)?;
        let mut chunk = buffer.get(..count).unwrap_or_default();
        while let Some((byte, rest)) = chunk.split_first() {
            chunk = match self.limits.place {
                Place::Text => self.limits.text(chunk).map_err(Error::other)?,
                _ => {
                    self.limits.byte(*byte).map_err(Error::other)?;
                    rest
                }
            };
        }
        self.bytes += count as u64;
        (self.progress)(self.bytes);
        Ok(count)
    }
}

#[derive(Default)]
struct Limits {
    place: Place,
    depth: u32,
    /// Of the text (in UTF-8, without escapes) or the number that is being read.
    length: u32,
}

#[derive(Clone, Copy, Default)]
enum Place {
    #[default]
    Between,
    Text,
    /// Behind a backslash.
    Escape,
    /// Behind `\u`: digits still to come, and the code unit so far.
    Unicode(u8, u32),
    Number,
}

impl Limits {
    /// Goes on in a text, to its end or its next escape; answers what is left of the chunk.
    fn text<'c>(&mut self, chunk: &'c [u8]) -> core::result::Result<&'c [u8], &'static str> {
        let end = chunk.iter().position(|byte| matches!(byte, b'"' | b'\\'));
        let (text, rest) = chunk.split_at(end.unwrap_or(chunk.len()));
        self.lengthen(u32::try_from(text.len()).unwrap_or(u32::MAX))?;
        let Some((stop, rest)) = rest.split_first() else {
            return Ok(rest);
        };
        self.place = if *stop == b'"' { Place::Between } else { Place::Escape };
        Ok(rest)
    }

    fn byte(&mut self, byte: u8) -> core::result::Result<(), &'static str> {
        match self.place {
            Place::Escape if byte == b'u' => self.place = Place::Unicode(4, 0),
            Place::Text | Place::Escape => {
                self.place = Place::Text;
                self.lengthen(1)?;
            }
            Place::Unicode(digits, unit) => self.code_unit(digits, unit, byte)?,
            Place::Number if matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E') => self.digit()?,
            Place::Between | Place::Number => self.between(byte)?,
        }
        Ok(())
    }

    fn between(&mut self, byte: u8) -> core::result::Result<(), &'static str> {
        self.place = Place::Between;
        match byte {
            b'"' => {
                self.place = Place::Text;
                self.length = 0;
            }
            b'-' | b'0'..=b'9' => {
                self.place = Place::Number;
                self.length = 0;
                self.digit()?;
            }
            b'{' | b'[' if self.depth == DEEPEST => return Err("it is nested deeper than 8"),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        Ok(())
    }

    fn digit(&mut self) -> core::result::Result<(), &'static str> {
        self.length += 1;
        if self.length > LONGEST_NUMBER {
            return Err("a number is longer than 20 characters");
        }
        Ok(())
    }

    /// One hexadecimal digit of an escaped UTF-16 code unit; half of a pair stands for two of its four bytes.
    fn code_unit(&mut self, digits: u8, unit: u32, byte: u8) -> core::result::Result<(), &'static str> {
        let unit = unit * 16 + char::from(byte).to_digit(16).unwrap_or(0);
        if digits > 1 {
            self.place = Place::Unicode(digits - 1, unit);
            return Ok(());
        }
        self.place = Place::Text;
        self.lengthen(match unit {
            0..0x80 => 1,
            0x80..0x800 | 0xd800..0xe000 => 2,
            _ => 3,
        })
    }

    fn lengthen(&mut self, by: u32) -> core::result::Result<(), &'static str> {
        self.length = self.length.saturating_add(by);
        if self.length > LONGEST_TEXT {
            return Err("a text is longer than 16 KiB");
        }
        Ok(())
    }
}
