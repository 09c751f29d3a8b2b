//! The modules of a crate: what each makes, takes and says.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Delimiter::{Brace, Parenthesis};

use super::{
    sources::Source,
    tokens::{Token, tokens_of},
};

/// Names one below the other, such as `room::finder::prize`. A module's place begins below the crate, itself empty.
pub type Path = Vec<String>;

/// A module.
#[derive(Default)]
pub struct Module {
    /// The file that it stands in.
    pub file: String,
    /// What it defines, without its modules.
    pub items: BTreeSet<String>,
    /// The modules in it, by their names.
    pub children: BTreeMap<String, Path>,
    /// What it imports by name, in its functions too.
    pub uses: Vec<Use>,
    /// What it imports everything of.
    pub globs: Vec<Path>,
    /// What it takes without giving it a name, such as `super::find(…)`.
    pub paths: Vec<Path>,
    /// Every word of its code; of a path, the first.
    pub words: BTreeSet<String>,
}

/// A name that an import gives.
pub struct Use {
    /// What it stands for.
    pub path: Path,
    /// The name.
    pub name: String,
    /// Whether others see it here: `pub use`.
    pub is_shown: bool,
}

/// What begins the definition of an item.
const KINDS: [&str; 8] = ["fn", "struct", "enum", "union", "trait", "type", "const", "static"];

/// The place of a program's root that shares its folder with a library's.
pub const PROGRAM: &str = "main";

/// The modules of a crate by their places. Its roots are the library's, the program's or both.
pub fn modules_of(folder: &str, roots: &[&str], sources: &[Source]) -> BTreeMap<Path, Module> {
    let mut modules = BTreeMap::new();
    let mut waiting = Vec::new();
    for root in roots {
        let is_second = *root == "main.rs" && roots.len() > 1;
        let place: Path = is_second.then(|| PROGRAM.to_owned()).into_iter().collect();
        waiting.push((place, vec![format!("{folder}/{root}")]));
    }
    while let Some((place, files)) = waiting.pop() {
        let source = sources.iter().find(|source| files.contains(&source.path));
        let source = source.unwrap_or_else(|| panic!("{} is not there", files.join(" or ")));
        let read = modules_in(&place, source);
        let children = read.values().flat_map(|module| module.children.values());
        for child in children.filter(|child| !read.contains_key(*child)) {
            let path = format!("{folder}/{}", child.join("/"));
            waiting.push((child.clone(), vec![format!("{path}.rs"), format!("{path}/mod.rs")]));
        }
        modules.extend(read);
    }
    modules
}

/// The module that a file is, and those within it.
pub fn modules_in(place: &Path, source: &Source) -> BTreeMap<Path, Module> {
    let mut modules = BTreeMap::new();
    add(&mut modules, place, &source.path, &tokens_of(source));
    modules
}

fn add(modules: &mut BTreeMap<Path, Module>, place: &Path, file: &str, tokens: &[Token]) {
    let mut module = Module {
        file: file.to_owned(),
        items: items(tokens),
        ..Module::default()
    };
    module.read(tokens, true);
    for (name, body) in children(tokens) {
        let child = below(place, name);
        if let Some(body) = body {
            add(modules, &child, file, body);
        }
        module.children.insert(name.to_owned(), child);
    }
    modules.insert(place.clone(), module);
}

/// The modules that stand in another, each with what is in it unless that is a file of its own.
fn children(tokens: &[Token]) -> Vec<(&str, Option<&[Token]>)> {
    let children = tokens.windows(3).filter_map(|three| match three {
        [Token::Word(word), Token::Word(name), Token::Sign(';')] if word == "mod" => Some((name.as_str(), None)),
        [Token::Word(word), Token::Word(name), Token::Group(Brace, body)] if word == "mod" => {
            Some((name.as_str(), Some(body.as_slice())))
        }
        _ => None,
    });
    children.collect()
}

fn items(tokens: &[Token]) -> BTreeSet<String> {
    let names = tokens.windows(3).filter_map(|three| match three {
        [Token::Word(word), Token::Sign('!'), Token::Word(name)] if word == "macro_rules" => Some(name),
        // `const fn` defines what follows.
        [Token::Word(kind), Token::Word(name), _] if KINDS.contains(&kind.as_str()) && name != "fn" => Some(name),
        _ => None,
    });
    names.cloned().collect()
}

impl Module {
    /// Reads what tokens take and say, but for the modules among them. On top stand those that are in no brackets.
    fn read(&mut self, tokens: &[Token], is_top: bool) {
        let mut at = 0;
        while at < tokens.len() {
            let (before, rest) = tokens.split_at(at);
            at += match rest {
                [Token::Word(word), Token::Word(_), _, ..] if word == "mod" && is_top => 3,
                [Token::Word(word), ..] if word == "use" && can_begin(before) => {
                    self.read_import(rest, is_top && is_shown(before))
                }
                [Token::Word(word), after @ ..] => {
                    self.words.insert(word.clone());
                    match after.first() == Some(&Token::Colons) && before.last() != Some(&Token::Colons) {
                        true => self.read_path(rest),
                        false => 1,
                    }
                }
                [Token::Group(_, inner), ..] => {
                    self.read(inner, false);
                    1
                }
                _ => 1,
            };
        }
    }

    /// Reads an import; answers how many tokens it has.
    fn read_import(&mut self, tokens: &[Token], is_shown: bool) -> usize {
        let is_end = |token: &Token| *token == Token::Sign(';');
        let end = tokens.iter().position(is_end).unwrap_or(tokens.len());
        for (path, name) in tree(&tokens[1..end], &Path::new()) {
            match name.as_str() {
                "*" => self.globs.push(path),
                "_" => self.paths.push(path),
                _ => self.uses.push(Use { path, name, is_shown }),
            }
        }
        end
    }

    /// Reads a path; answers how many tokens it has.
    fn read_path(&mut self, tokens: &[Token]) -> usize {
        let path = path(tokens);
        let length = path.len() * 2 - 1;
        self.paths.push(path);
        length
    }
}

/// Whether an item can begin behind these tokens: `impl A + use<'a>` is no import.
fn can_begin(before: &[Token]) -> bool {
    match before.last() {
        None | Some(Token::Sign(';') | Token::Group(..)) => true,
        Some(Token::Word(word)) => word == "pub",
        _ => false,
    }
}

fn is_shown(before: &[Token]) -> bool {
    match before {
        [.., Token::Word(word)] | [.., Token::Word(word), Token::Group(Parenthesis, _)] => word == "pub",
        _ => false,
    }
}

/// What tokens begin with: `a::b` of `a::b::<T>::new()`.
fn path(tokens: &[Token]) -> Path {
    match tokens {
        [Token::Word(part), Token::Colons, rest @ ..] => [vec![part.clone()], path(rest)].concat(),
        [Token::Word(part), ..] => vec![part.clone()],
        _ => Path::new(),
    }
}

/// Reads `a::{b, c::d as e}` into its paths and the names that they get: `*` for everything, `_` for none.
fn tree(tokens: &[Token], base: &Path) -> Vec<(Path, String)> {
    match tokens {
        // Of another crate, whatever is called like it here.
        [Token::Colons, rest @ ..] => tree(rest, &below(base, "::")),
        [Token::Group(Brace, inner), ..] => {
            let branches = inner.split(|token| *token == Token::Sign(','));
            branches.flat_map(|branch| tree(branch, base)).collect()
        }
        [Token::Sign('*'), ..] => vec![(base.clone(), "*".to_owned())],
        [Token::Word(part), Token::Colons, rest @ ..] => tree(rest, &below(base, part)),
        [Token::Word(part), rest @ ..] => {
            let path = if part == "self" {
                base.clone()
            } else {
                below(base, part)
            };
            let name = match rest {
                [Token::Word(_), Token::Word(name), ..] => name,
                _ => path.last().unwrap_or(part),
            };
            vec![(path.clone(), name.clone())]
        }
        _ => Vec::new(),
    }
}

fn below(path: &Path, name: &str) -> Path {
    [path.as_slice(), &[name.to_owned()]].concat()
}

/// A path from the crate on, if it is written as one into the crate.
pub fn absolute(place: &Path, path: &[String]) -> Option<Path> {
    let ups = path
        .iter()
        .take_while(|part| ["self", "super"].contains(&part.as_str()));
    let count = ups.clone().filter(|part| *part == "super").count();
    match (path.split_first()?, ups.count()) {
        ((first, rest), _) if first == "crate" => Some(rest.to_vec()),
        (_, 0) => None,
        (_, ups) => Some([&place[..place.len().checked_sub(count)?], &path[ups..]].concat()),
    }
}
