//! What the documents name in backticks is there: paths, settings, identifiers.
//!
//! Left out are docs/adr and CHANGELOG.md, which are history: they name what was, and a decision that no longer holds
//! stays as it was written.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use super::sources::top;

/// Documents beside those of `docs/`.
const DOCUMENTS: [&str; 4] = [
    "README.md",
    "CONTRIBUTING.md",
    "web/README.md",
    "tests/clients/README.md",
];

/// Names that stand in no source, each with its reason. What is built, made or installed is not in the repository.
const EXCEPTIONS: [(&str, &str); 18] = [
    ("web/dist", "made by `npm run build`"),
    ("target/release/bench", "made by `make bench`"),
    ("winners.py", "made by a block of docs/fairness.md"),
    ("sha256sum", "a program of coreutils"),
    ("HEX", "stands for a value"),
    ("build-essential", "a package of Debian"),
    ("pg_dump", "a program of PostgreSQL"),
    ("sslmode", "a parameter of PostgreSQL's addresses"),
    ("h2c", "HTTP/2 without TLS"),
    ("ETag", "a header, whose constant has another name"),
    ("low64", "notation of docs/vdraw.md"),
    ("high64", "notation of docs/vdraw.md"),
    ("pid_i", "notation of docs/vdraw.md"),
    ("HMAC", "an algorithm"),
    ("bls-unchained-g1-rfc9380", "a scheme of drand"),
    // PostgreSQL names the indexes of keys by itself; `database::indexes` compares all that docs/database.md lists.
    ("*_pkey", "held by `database::indexes`"),
    ("*_key", "held by `database::indexes`"),
    ("*_idx", "held by `database::indexes`"),
];

/// Ends of names of files.
const ENDS: [&str; 14] = [
    "rs", "py", "md", "toml", "json", "mjs", "js", "graphql", "sqlite", "key", "csv", "yml", "html", "sql",
];

/// Files whose words are names.
const READ: [&str; 11] = [
    "rs", "py", "toml", "json", "mjs", "js", "ts", "tsx", "graphql", "html", "css",
];

/// Largest source; what is larger is data.
const LARGEST: u64 = 500_000;

/// The repository: every path, and every word of its sources.
#[derive(Default)]
struct Project {
    /// Files and folders from the top.
    paths: HashSet<String>,
    /// The same, and every end of them behind a slash: `service/winner.rs`.
    ends: HashSet<String>,
    words: HashSet<String>,
    settings: HashSet<String>,
    /// The sources without Rust's comments.
    text: String,
}

static PROJECT: LazyLock<Project> = LazyLock::new(Project::read);

impl Project {
    fn read() -> Self {
        let mut project = Self::default();
        let mut folders = vec![top()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                if name.starts_with('.') || ["target", "node_modules", "dist", "corpus", "artifacts"].contains(&&*name)
                {
                    continue;
                }
                project.add(&path);
                if path.is_dir() {
                    folders.push(path);
                } else if is_source(&path) {
                    project.take(&path);
                }
            }
        }
        let words = project.text.split(|c| !is_word(c)).map(str::to_owned);
        project.words.extend(words);
        project.settings = settings();
        project
    }

    fn add(&mut self, path: &Path) {
        let path = path.strip_prefix(top()).unwrap().to_str().unwrap();
        self.paths.insert(path.to_owned());
        let starts = path.match_indices('/').map(|(place, _)| place + 1);
        let ends = [0].into_iter().chain(starts).map(|start| path[start..].to_owned());
        self.ends.extend(ends);
        self.words.extend(path.split(['/', '.']).map(str::to_owned));
    }

    fn take(&mut self, path: &Path) {
        let Ok(text) = fs::read_to_string(path) else {
            return;
        };
        let is_rust = path.extension().is_some_and(|end| end == "rs");
        for line in text.lines() {
            if !(is_rust && line.trim_start().starts_with("//")) {
                self.text.push_str(line);
                self.text.push('\n');
            }
        }
    }

    /// What a document names that is not there.
    fn missing(&self, document: &str) -> Vec<String> {
        let mut missing = Vec::new();
        for span in spans(document) {
            for token in span.split(|c: char| c.is_whitespace() || "\"'()[],;|".contains(c)) {
                let token = token.trim_end_matches(['.', ':', '?', '!', ',']);
                // `…`, `<area>`, `$DRAW` and `*` stand for something.
                if !token.contains(['…', '<', '$', '*']) && !self.has(token) {
                    missing.push(format!("`{token}` in `{span}`"));
                }
            }
        }
        missing
    }

    fn has(&self, token: &str) -> bool {
        if is_exception(token) {
            return true;
        }
        if is_path(token) {
            return self.has_path(token);
        }
        if let Some(variable) = token.strip_prefix("TOMBOLA_")
            && self.settings.contains(&variable.to_lowercase().replace("__", "."))
        {
            return true;
        }
        if let Some((section, key)) = token.split_once('.')
            && self
                .settings
                .iter()
                .any(|setting| setting.split('.').next() == Some(section))
            && key.chars().all(is_word)
        {
            return self.settings.contains(token);
        }
        let words = token.split(|c| !is_word(c));
        words.filter(|word| word.len() > 1).all(|word| self.has_word(word)) || self.has_header(token)
    }

    /// From the top, where it begins there; else the end of a path, or a name that the sources use: of a file that is made,
    /// of a route, of a media type.
    fn has_path(&self, token: &str) -> bool {
        let path = token.trim_end_matches('/');
        match path.split_once('/') {
            Some((first, _)) if self.paths.contains(first) => self.paths.contains(path),
            _ => self.ends.contains(path) || self.text.contains(path),
        }
    }

    fn has_word(&self, word: &str) -> bool {
        let is_number = !word.contains(|c: char| c.is_ascii_alphabetic());
        // The names of figures are put together: a prefix, and an end for counters.
        let figure = word
            .strip_prefix("tombola_")
            .map(|name| name.strip_suffix("_total").unwrap_or(name));
        is_number
            || is_exception(word)
            || self.words.contains(word)
            || figure.is_some_and(|name| self.words.contains(name))
    }

    /// `If-None-Match` is `IF_NONE_MATCH` or `if-none-match` in the code.
    fn has_header(&self, token: &str) -> bool {
        let upper = token.to_uppercase().replace('-', "_");
        token.contains('-') && (self.words.contains(&upper) || self.text.contains(&token.to_lowercase()))
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn is_exception(name: &str) -> bool {
    EXCEPTIONS.iter().any(|(known, _)| match known.strip_prefix('*') {
        Some(end) => name.ends_with(end) && name.len() > end.len(),
        None => name == *known,
    })
}

fn is_path(token: &str) -> bool {
    let end = token.rsplit_once('.').map(|(_, end)| end);
    (token.contains('/') && !token.contains("://")) || end.is_some_and(|end| ENDS.contains(&end))
}

/// This file names what is not there.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    let known = path
        .extension()
        .is_some_and(|end| READ.contains(&&*end.to_string_lossy()))
        || name == "Makefile"
        || path.parent().is_some_and(|folder| folder.ends_with("scripts"));
    known
        && !path.ends_with("project/names.rs")
        && name != "package-lock.json"
        && fs::metadata(path).is_ok_and(|file| file.len() < LARGEST)
}

/// Keys of `tombola.example.toml`, which a test holds to the settings: `database.url`.
fn settings() -> HashSet<String> {
    let text = fs::read_to_string(top().join("tombola.example.toml")).unwrap();
    let mut section = String::new();
    let mut settings = HashSet::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[') {
            section = format!("{}.", name.trim_end_matches(']'));
        }
        let key = line.trim_start_matches("# ").split_once(" = ");
        settings.extend(key.map(|(key, _)| format!("{section}{key}")));
    }
    settings
}

/// What stands in backticks, outside of blocks of code.
fn spans(document: &str) -> Vec<String> {
    let mut fenced = false;
    let mut text = String::new();
    for line in document.lines() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if !fenced && !fence {
            text.push_str(line);
            text.push('\n');
        }
    }
    let mut spans = Vec::new();
    for paragraph in text.split("\n\n") {
        let mut rest = paragraph;
        while let Some(start) = rest.find('`') {
            let behind = rest[start..].trim_start_matches('`');
            let ticks = &rest[start..rest.len() - behind.len()];
            let Some(end) = behind.find(ticks) else { break };
            spans.push(behind[..end].replace('\n', " "));
            rest = &behind[end + ticks.len()..];
        }
    }
    spans
}

fn documents() -> Vec<PathBuf> {
    let folder = fs::read_dir(top().join("docs")).unwrap();
    let docs = folder.map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|end| end == "md"));
    docs.chain(DOCUMENTS.map(|path| top().join(path))).collect()
}

#[test]
fn what_the_documents_name_is_there() {
    let mut missing = Vec::new();
    let documents = documents();
    assert!(documents.len() > 10, "{documents:?}");
    for path in documents {
        let text = fs::read_to_string(&path).unwrap();
        let faults = PROJECT.missing(&text);
        missing.extend(faults.into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(
        missing.is_empty(),
        "not in the repository (mend the document; what is foreign goes into EXCEPTIONS with its reason):\n{}",
        missing.join("\n")
    );
}

#[test]
fn a_name_that_is_not_there_is_noticed() {
    for made_up in [
        "api/src/sessions_of_old.rs",
        "api/src/sessions.rs",
        "docs/nowhere.md",
        "service/nowhere.rs",
        "frobnicate_rooms",
        "frobnicateRoom(roomId, title)",
        "Room::frobnicated_code",
        "FrobnicatedRoom",
        "limits.frobnications",
        "TOMBOLA_LIMITS__FROBNICATIONS",
        "X-Frobnicate-Every",
        "frobnicate!",
    ] {
        let text = format!("A line with `room` and\n`{made_up}` in it.");
        assert_eq!(
            PROJECT.missing(&text).len(),
            1,
            "{made_up}: {:?}",
            PROJECT.missing(&text)
        );
        assert_eq!(PROJECT.missing(&format!("```\n`{made_up}`\n```\n")), [""; 0]);
    }
    for known in [
        "api/src/sessions/",
        "room/mod.rs",
        "tombola.example.toml",
        "rooms",
        "createDraw(roomId, policy, supersedes)",
        "World::refuses",
        "limits.cost",
        "TOMBOLA_LIMITS__COST",
        "If-None-Match",
        "api/src/<area>/types",
    ] {
        assert_eq!(PROJECT.missing(&format!("`{known}`")), [""; 0], "{known}");
    }
}
