//! The documents tell the truth: tables are made from the code, links lead somewhere, commands
//! parse, and the modules keep to the directions that docs/architecture.md names.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::panic, reason = "a panic is how a test fails")]

use std::{
    fs,
    path::{Path, PathBuf},
};

#[path = "docs/modules.rs"]
mod modules;
#[path = "docs/text.rs"]
mod text;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// All files below a folder whose names end so, sorted.
fn files(folder: &str, end: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![root().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "no {end} below {folder}");
    found
}

/// The path as documents write it.
fn name(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}
