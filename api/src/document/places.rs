//! Lines and columns of a document (GraphQL §7.1.2), from 1, in characters.

use apollo_compiler::parser::SourceSpan;
use async_graphql::{Pos, Positioned};

/// Finds the places of byte offsets. Offsets that grow are found in one walk along the text.
pub(super) struct Places<'a> {
    text: &'a str,
    /// As far as the text was walked, in bytes.
    offset: usize,
    reached: Pos,
}

impl<'a> Places<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        Self {
            text,
            offset: 0,
            reached: Pos { line: 1, column: 1 },
        }
    }

    /// Where a span begins.
    pub(super) fn find(&mut self, span: SourceSpan) -> Pos {
        let offset = span.offset();
        if offset < self.offset {
            *self = Self::of(self.text);
        }
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        let mut letters = passed.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                // It ends the line together with what follows.
                '\r' if letters.peek().is_none_or(|next| *next == '\n') => {}
                '\r' | '\n' => {
                    self.reached.line += 1;
                    self.reached.column = 1;
                }
                _ => self.reached.column += 1,
            }
        }
        self.offset += passed.len();
        self.reached
    }

    /// A part of the document with the place where it begins.
    pub(super) fn positioned<T>(&mut self, span: Option<SourceSpan>, part: T) -> Positioned<T> {
        let place = span.map(|span| self.find(span)).unwrap_or_default();
        Positioned::new(part, place)
    }
}
