//! Every area has the same shape.

use super::sources::{code_of, top};

const AREAS: [&str; 4] = ["identity", "organization", "room", "draw"];

/// What every area has, as a file or as a folder.
const PARTS: [&str; 5] = ["finder", "mutation", "query", "service", "types"];

#[test]
fn every_area_has_the_same_parts() {
    for area in AREAS {
        let folder = top().join("api/src").join(area);
        let mut missing = Vec::new();
        for part in PARTS {
            let (file, inner) = (folder.join(format!("{part}.rs")), folder.join(part).join("mod.rs"));
            if file.is_file() == inner.is_file() {
                missing.push(part);
            }
        }
        assert!(
            missing.is_empty(),
            "{area} lacks {missing:?}, or has it as a file and as a folder"
        );
    }
}

#[test]
fn an_area_shows_its_face_and_hides_its_modules() {
    for area in AREAS {
        let path = top().join("api/src").join(area).join("mod.rs");
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("//! "), "{area}/mod.rs says what the area is for");
        let code = code_of(&text);
        for line in code.lines().map(str::trim) {
            let is_public_module = line.starts_with("pub mod") || line.starts_with("pub(crate) mod");
            assert!(!is_public_module, "{area}/mod.rs: {line}");
            let is_glob = line.starts_with("pub") && line.contains("::*");
            assert!(!is_glob, "{area}/mod.rs names what it shows: {line}");
            let is_face = line.starts_with("mod ") || line.starts_with("pub use") || line.starts_with("pub(crate) use");
            let goes_on =
                !line.starts_with(|c: char| c.is_ascii_lowercase()) || line.ends_with(',') || line.ends_with("};");
            assert!(is_face || goes_on, "{area}/mod.rs is a face and holds no code: {line}");
        }
    }
}
