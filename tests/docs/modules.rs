//! The shape of the code: directions of imports, clocks, sizes, first lines.

use std::fs;

use super::{files, name};

/// Longer than 400 lines on purpose; each with its reason.
const LONG: [&str; 0] = [];

/// Which module (a file and the folder of its name) must not use what. A path of this crate begins
/// with `crate::`, everything else is another crate.
const FORBIDDEN: &[(&str, &[&str])] = &[
    (
        "pat",
        &[
            "crate::action",
            "crate::app",
            "crate::azure",
            "crate::clock",
            "crate::config",
            "crate::effect",
            "crate::emulator",
            "crate::event",
            "crate::operations",
            "crate::sign_in",
            "crate::state",
            "crate::ui",
            "crate::update",
            "crate::worker",
            "crossterm",
            "ratatui",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "state",
        &[
            "crate::app",
            "crate::azure::Client",
            "crate::clock",
            "crate::emulator",
            "crate::sign_in",
            "crate::terminal",
            "crate::ui",
            "crate::update",
            "crate::worker",
            "crossterm",
            "ratatui",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "update",
        &[
            "crate::app",
            "crate::azure::Client",
            "crate::clock",
            "crate::emulator",
            "crate::sign_in",
            "crate::terminal",
            "crate::worker",
            "crossterm",
            "fastrand",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "ui",
        &[
            "crate::app",
            "crate::azure::Client",
            "crate::clock",
            "crate::effect",
            "crate::emulator",
            "crate::sign_in",
            "crate::terminal",
            "crate::update",
            "crate::worker",
            "reqwest",
            "tokio",
        ],
    ),
    (
        "worker",
        &[
            "crate::app",
            "crate::operations::edit::edit",
            "crate::operations::extend",
            "crate::operations::revoke",
            "crate::state",
            "crate::terminal",
            "crate::ui",
            "crate::update",
            "ratatui",
        ],
    ),
    (
        "commands",
        &[
            "crate::operations::edit::edit",
            "crate::operations::extend",
            "crate::operations::revoke",
            "crate::state",
            "crate::ui",
            "crate::update",
        ],
    ),
    ("audit", &["crate::azure", "crate::config", "crate::operations", "crate::state", "crate::ui"]),
    (
        "azure",
        &["crate::action", "crate::state", "crate::ui", "crate::update", "crossterm", "ratatui"],
    ),
    (
        "entra",
        &[
            "crate::action",
            "crate::azure",
            "crate::config",
            "crate::emulator",
            "crate::sign_in",
            "crate::state",
            "crate::terminal",
            "crate::ui",
            "crate::update",
            "crate::worker",
            "crossterm",
            "ratatui",
            "std::fs",
            "webbrowser",
        ],
    ),
    (
        "operations",
        &["crate::action", "crate::state", "crate::ui", "crate::update", "crossterm", "ratatui"],
    ),
    (
        "journal",
        &["crate::azure", "crate::config", "crate::operations", "crate::state", "crate::ui"],
    ),
    (
        "sink",
        &[
            "crate::action",
            "crate::app",
            "crate::commands",
            "crate::emulator",
            "crate::state",
            "crate::ui",
            "crate::update",
            "crate::worker",
            "crossterm",
            "ratatui",
            "reqwest",
        ],
    ),
    ("emulator", &["crate::azure", "crate::operations", "crate::pat", "crate::state", "reqwest"]),
];

/// The code without comments and without its test module.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Every path that begins with `root::`, with groups in braces taken apart.
fn paths(code: &str, root: &str) -> Vec<String> {
    let begin = format!("{root}::");
    let mut found = Vec::new();
    for (at, _) in code.match_indices(&begin) {
        let before = code.get(..at).and_then(|before| before.chars().next_back());
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
        if before.is_none_or(|c| !is_word(c)) {
            let rest = code.get(at + begin.len()..).unwrap_or_default();
            found.extend(tree(rest).into_iter().map(|path| format!("{begin}{path}")));
        }
    }
    found
}

/// The paths of one use tree, which ends where it ends.
fn tree(text: &str) -> Vec<String> {
    let Some(group) = text.strip_prefix('{') else {
        let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len());
        let (first, rest) = text.split_at(end);
        return match rest.strip_prefix("::") {
            Some(rest) => tree(rest).into_iter().map(|path| format!("{first}::{path}")).collect(),
            None => vec![first.to_owned()],
        };
    };
    let (mut found, mut depth, mut begin) = (Vec::new(), 0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let each = group.get(begin..at).unwrap_or_default().trim();
                found.extend(tree(each).into_iter().filter(|path| !path.is_empty()));
                begin = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    found
}

#[test]
fn use_trees_are_taken_apart() {
    let code =
        "use crate::{\n    a::{B, c::D},\n    e,\n};\nlet x = crate::f::G::h(1); mycrate::no";
    assert_eq!(
        paths(code, "crate"),
        ["crate::a::B", "crate::a::c::D", "crate::e", "crate::f::G::h"]
    );
}

#[test]
fn modules_keep_to_their_directions() {
    let mut breaches = Vec::new();
    for (module, forbidden) in FORBIDDEN {
        let inside = |name: &str| {
            name == format!("src/{module}.rs") || name.starts_with(&format!("src/{module}/"))
        };
        let modules = files("src", ".rs");
        let modules: Vec<_> = modules.iter().filter(|path| inside(&name(path))).collect();
        assert!(!modules.is_empty(), "there is no module {module}");
        // Tests in files of their own may draw, and build what they need.
        for path in modules.iter().filter(|path| !name(path).contains("/tests")) {
            let code = code(&fs::read_to_string(path).unwrap());
            for forbidden in *forbidden {
                let root = forbidden.split("::").next().unwrap_or_default();
                let is_it = |used: &String| {
                    used.strip_prefix(forbidden)
                        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                };
                for used in paths(&code, root).iter().filter(|used| is_it(used)) {
                    breaches.push(format!("{} uses {used}", name(path)));
                }
            }
        }
    }
    assert!(breaches.is_empty(), "see docs/architecture.md:\n{}", breaches.join("\n"));
}

/// The lint on `now` covers this, too, but each `#[expect]` could lift it anywhere.
#[test]
fn only_clock_reads_the_clocks() {
    for path in files("src", ".rs") {
        let code = code(&fs::read_to_string(&path).unwrap());
        if name(&path) == "src/clock.rs" {
            assert!(code.contains("Utc::now()"), "the clock has moved");
            continue;
        }
        for clock in ["Utc::now()", "Local::now()", "SystemTime::now()"] {
            assert!(!code.contains(clock), "{} calls {clock}", name(&path));
        }
        // The runtime's own clock measures time-outs, and stands still in its tests.
        let is_tokio = paths(&code, "tokio").iter().any(|used| used == "tokio::time::Instant");
        let is_read = code.contains("Instant::now()") && !is_tokio;
        assert!(!is_read, "{} calls Instant::now()", name(&path));
    }
}

#[test]
fn files_stay_short() {
    for path in files("src", ".rs") {
        let (name, lines) = (name(&path), fs::read_to_string(&path).unwrap().lines().count());
        let is_excepted = LONG.contains(&name.as_str());
        assert!(lines <= 400 || is_excepted, "{name} has {lines} lines; split it by noun");
        assert!(lines > 400 || !is_excepted, "{name} is short enough to leave LONG");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for path in files("src", ".rs").into_iter().chain(files("tests", ".rs")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("//! "), "{} does not begin with `//!`", name(&path));
    }
}
