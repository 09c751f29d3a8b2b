//! What a file of Rust says, in tokens: without comments, lifetimes and what stands behind `#[cfg(test)]`.

use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};

use super::sources::Source;

/// A token, as far as it matters for what a file takes.
#[derive(Debug, PartialEq, Eq)]
pub enum Token {
    /// A name or a keyword.
    Word(String),
    /// `::`
    Colons,
    /// Any other sign. A literal is `"`, a lifetime `'`.
    Sign(char),
    /// What stands in brackets.
    Group(Delimiter, Vec<Token>),
}

/// The tokens of a file.
pub fn tokens_of(source: &Source) -> Vec<Token> {
    let stream = source.text.parse();
    read(stream.unwrap_or_else(|error| panic!("{} is no Rust: {error}", source.path)))
}

fn read(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        tokens.push(match tree {
            TokenTree::Group(group) => Token::Group(group.delimiter(), read(group.stream())),
            TokenTree::Ident(name) => Token::Word(plain(&name)),
            TokenTree::Literal(_) => Token::Sign('"'),
            TokenTree::Punct(sign) if sign.as_char() == '\'' => {
                // With its name.
                trees.next();
                Token::Sign('\'')
            }
            TokenTree::Punct(sign) => {
                let can_go_on = sign.as_char() == ':' && sign.spacing() == Spacing::Joint;
                match can_go_on && trees.next_if(is_colon).is_some() {
                    true => Token::Colons,
                    false => Token::Sign(sign.as_char()),
                }
            }
        });
    }
    leave_out_tests(&mut tokens);
    tokens
}

fn is_colon(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(sign) if sign.as_char() == ':')
}

/// `r#type` is the name `type`.
fn plain(name: &Ident) -> String {
    let name = name.to_string();
    name.strip_prefix("r#").map(str::to_owned).unwrap_or(name)
}

fn leave_out_tests(tokens: &mut Vec<Token>) {
    while let Some(start) = (0..tokens.len()).find(|start| is_test(&tokens[*start..])) {
        let length = item_length(&tokens[start..]);
        tokens.drain(start..start + length);
    }
}

fn is_test(tokens: &[Token]) -> bool {
    match tokens {
        [Token::Sign('#'), Token::Group(Delimiter::Bracket, attribute), ..] => {
            let is_condition = matches!(attribute.as_slice(), [Token::Word(word), ..] if word == "cfg");
            is_condition && says(attribute, "test") && !says(attribute, "not")
        }
        _ => false,
    }
}

fn says(tokens: &[Token], wanted: &str) -> bool {
    tokens.iter().any(|token| match token {
        Token::Word(word) => word == wanted,
        Token::Group(_, inner) => says(inner, wanted),
        _ => false,
    })
}

/// An item ends at its braces or its semicolon.
fn item_length(tokens: &[Token]) -> usize {
    let is_end = |token: &Token| matches!(token, Token::Sign(';') | Token::Group(Delimiter::Brace, _));
    tokens.iter().position(is_end).map_or(tokens.len(), |end| end + 1)
}

#[test]
fn comments_lifetimes_and_tests_are_no_tokens() {
    let text =
        "a::r#type // no\n #[cfg(test)] #[no] mod no { no } 'no: b\"no\" #[cfg(all(test, no))] use no; c: ::d:&e";
    let source = Source {
        path: "a.rs".to_owned(),
        text: text.to_owned(),
    };
    let word = |word: &str| Token::Word(word.to_owned());
    let sign = Token::Sign;
    assert_eq!(
        tokens_of(&source),
        [
            word("a"),
            Token::Colons,
            word("type"),
            sign('\''),
            sign(':'),
            sign('"'),
            word("c"),
            sign(':'),
            Token::Colons,
            word("d"),
            sign(':'),
            sign('&'),
            word("e")
        ]
    );
}
