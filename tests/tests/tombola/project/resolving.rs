//! What the paths of a crate mean, through imports and re-exports, and so what its files take from each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    modules::{Module, PROGRAM, Path, absolute, modules_of},
    sources::Source,
};

/// A crate.
pub struct Crate {
    name: String,
    modules: BTreeMap<Path, Module>,
}

/// The names that a file takes from another, by the two files.
pub type Edges = BTreeMap<(String, String), BTreeSet<String>>;

/// What a path leads to.
enum Meaning {
    Module(Path),
    /// An item and the module that defines it.
    Item(Path, String),
}

/// The names that are being followed, and in which modules: imports may lead back to themselves.
type Followed = [(Path, String)];

fn and(followed: &Followed, place: &Path, name: &str) -> Vec<(Path, String)> {
    [followed, &[(place.clone(), name.to_owned())]].concat()
}

fn is_followed(followed: &Followed, place: &Path, name: &str) -> bool {
    followed.iter().any(|(other, same)| other == place && same == name)
}

impl Crate {
    /// Reads a crate from the files of its folder.
    pub fn of(folder: &str, roots: &[&str], sources: &[Source]) -> Self {
        Self {
            name: folder.split('/').next().unwrap_or_default().to_owned(),
            modules: modules_of(folder, roots, sources),
        }
    }

    /// The files that are modules of it.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.values().map(|module| module.file.as_str()).collect()
    }

    /// What its files take from each other.
    pub fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (place, module) in &self.modules {
            let taken = self.taken_by_path(place, module);
            for meaning in taken.into_iter().chain(self.taken_by_glob(place, module)) {
                if let Meaning::Item(owner, name) = meaning
                    && self.modules[&owner].file != module.file
                {
                    let files = (module.file.clone(), self.modules[&owner].file.clone());
                    edges.entry(files).or_default().insert(name);
                }
            }
        }
        edges
    }

    fn taken_by_path(&self, place: &Path, module: &Module) -> Vec<Meaning> {
        // A face takes nothing by showing it, only by using it.
        let uses = module.uses.iter();
        let used = uses.filter(|import| !import.is_shown || module.words.contains(&import.name));
        let paths = used
            .map(|import| &import.path)
            .chain(&module.paths)
            .chain(&module.globs);
        paths.filter_map(|path| self.meaning(place, path, &[])).collect()
    }

    /// Whatever it says that is a name of a module which it imports whole.
    fn taken_by_glob(&self, place: &Path, module: &Module) -> Vec<Meaning> {
        let is_own = |word: &str| {
            let is_import = module.uses.iter().any(|import| import.name == word);
            is_import || module.items.contains(word) || module.children.contains_key(word)
        };
        let words: Vec<_> = module.words.iter().filter(|word| !is_own(word)).collect();
        let mut taken = Vec::new();
        for whole in self.wholes(place, &[]) {
            let meaning = |word: &&String| self.enter(&whole, word, &and(&[], place, word));
            taken.extend(words.iter().copied().filter_map(|word| meaning(&word)));
        }
        taken
    }

    /// What a path means in a module; nothing, if it leads out of the crate.
    fn meaning(&self, place: &Path, path: &[String], followed: &Followed) -> Option<Meaning> {
        let (first, rest) = path.split_first()?;
        let is_program = place.first().is_some_and(|part| part == PROGRAM) && *first == self.name;
        match absolute(place, path) {
            Some(path) => Some(self.walk(Meaning::Module(Path::new()), &path, followed)),
            None if is_program => Some(self.walk(Meaning::Module(Path::new()), rest, followed)),
            None => Some(self.walk(self.enter(place, first, followed)?, rest, followed)),
        }
    }

    fn walk(&self, mut meaning: Meaning, names: &[String], followed: &Followed) -> Meaning {
        for name in names {
            // What is below an item, such as a variant, is the item.
            let Meaning::Module(module) = &meaning else { break };
            let inner = self.enter(module, name, followed);
            meaning = inner.unwrap_or_else(|| Meaning::Item(self.maker(module, name, followed), name.clone()));
        }
        meaning
    }

    /// What a name means in a module.
    fn enter(&self, place: &Path, name: &str, followed: &Followed) -> Option<Meaning> {
        let module = &self.modules[place];
        if let Some(child) = module.children.get(name) {
            return Some(Meaning::Module(child.clone()));
        }
        if module.items.contains(name) {
            return Some(Meaning::Item(place.clone(), name.to_owned()));
        }
        if is_followed(followed, place, name) {
            return None;
        }
        let followed = and(followed, place, name);
        if let Some(import) = module.uses.iter().rfind(|import| import.name == name) {
            return self.meaning(place, &import.path, &followed);
        }
        let wholes = self.wholes(place, &followed);
        wholes.iter().find_map(|whole| self.enter(whole, name, &followed))
    }

    /// The modules of the crate that a module imports whole.
    fn wholes(&self, place: &Path, followed: &Followed) -> Vec<Path> {
        let globs = self.modules[place].globs.iter();
        let meanings = globs.filter_map(|glob| self.meaning(place, glob, followed));
        let whole = |meaning| match meaning {
            Meaning::Module(whole) => Some(whole),
            Meaning::Item(..) => None,
        };
        meanings.filter_map(whole).collect()
    }

    /// The module that defines a name by a macro: the one whose names this one shows and that says it, else this one.
    fn maker(&self, place: &Path, name: &str, followed: &Followed) -> Path {
        if is_followed(followed, place, "*") {
            return place.clone();
        }
        let wholes = self.wholes(place, &and(followed, place, "*")).into_iter();
        let makers: Vec<_> = wholes
            .filter(|whole| self.modules[whole].words.contains(name))
            .collect();
        match makers.as_slice() {
            [maker] => maker.clone(),
            _ => place.clone(),
        }
    }
}
