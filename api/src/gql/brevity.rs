//! Errors are short, whatever a client wrote: so many of them, and so much of its own text in each.

use std::borrow::Cow;

use async_graphql::ServerError;

/// Most errors of an answer.
const MOST: usize = 20;
/// Longest word or quotation in a message, in characters: longer ones are not ours.
const QUOTED: usize = 100;
/// Longest message, in characters.
const MESSAGE: usize = 1000;
/// Stands for what is left out.
const REST: char = '…';

/// Leaves out what is beyond the most errors of an answer. The last one that stays says how many those are.
pub fn fewer(errors: &mut Vec<ServerError>) {
    let left_out = errors.len().saturating_sub(MOST);
    errors.truncate(MOST);
    if let Some(last) = errors.last_mut().filter(|_| left_out > 0) {
        last.message = format!("{} ({left_out} more errors are left out.)", last.message);
        last.extensions.get_or_insert_default().set("leftOut", left_out);
    }
}

/// A message in which no word and nothing between quotes is longer than a hundred characters.
pub(super) fn shortened(message: &str) -> Cow<'_, str> {
    if message.len() <= QUOTED {
        return message.into();
    }
    let mut text = String::with_capacity(message.len().min(MESSAGE));
    let (mut quote, mut length) = (None, 0_usize);
    for letter in message.chars() {
        let is_edge = match quote {
            Some(closing) => letter == closing,
            None => letter.is_whitespace() || closing(letter).is_some(),
        };
        if is_edge {
            quote = match quote {
                Some(_) => None,
                None => closing(letter),
            };
            length = 0;
            text.push(letter);
            continue;
        }
        length += 1;
        match length {
            ..=QUOTED => text.push(letter),
            _ if length == QUOTED + 1 => text.push(REST),
            _ => {}
        }
    }
    match text.char_indices().nth(MESSAGE) {
        Some((end, _)) => {
            text.truncate(end);
            text.push(REST);
            text.into()
        }
        None => text.into(),
    }
}

/// What ends a quotation that begins with a letter.
fn closing(letter: char) -> Option<char> {
    match letter {
        '"' | '`' => Some(letter),
        '“' => Some('”'),
        _ => None,
    }
}
