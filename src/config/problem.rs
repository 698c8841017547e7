//! What is wrong with the configuration, in words: where, which key, what, and what would be right.

use std::{fmt, path::Path};

use super::settings::Origin;
use crate::text;

/// Everything that was found wrong, at least one thing.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

/// One thing that is wrong. Texts from outside are escaped before they get in here.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    place: String,
    what: String,
}

impl Problem {
    /// The file cannot be used at all.
    pub(super) fn with_file(path: &Path, what: impl Into<String>) -> Self {
        Self { place: shown(path), what: what.into() }
    }

    pub(super) fn at_line(path: &Path, line: usize, what: impl Into<String>) -> Self {
        Self { place: format!("{}:{line}", shown(path)), what: what.into() }
    }

    /// A setting has a wrong value; `path` is the file's, if there is one.
    pub(super) fn with(key: &str, origin: Origin, path: Option<&Path>, what: &str) -> Self {
        match (origin, path) {
            (Origin::File(line), Some(path)) => Self::at_line(path, line, format!("{key}: {what}")),
            (origin, _) => Self { place: origin.to_string(), what: what.to_owned() },
        }
    }
}

impl Problems {
    /// `Err` with all of them, if there are any.
    pub(super) fn none(problems: Vec<Problem>) -> Result<(), Self> {
        if problems.is_empty() { Ok(()) } else { Err(Self(problems)) }
    }

    /// Each with its place and what is wrong there.
    pub fn lines(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|each| (each.place.as_str(), each.what.as_str()))
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot use the configuration:")?;
        let gap = if self.0.len() == 1 { " " } else { "\n  " };
        self.0.iter().try_for_each(|each| write!(f, "{gap}{}: {}", each.place, each.what))
    }
}

impl std::error::Error for Problems {}

/// A path, safe to print.
pub(super) fn shown(path: &Path) -> String {
    text::visible(&path.to_string_lossy()).into_owned()
}

/// A value from outside in a message: escaped, in quotes, not endless.
pub(super) fn quoted(value: &str) -> String {
    let mut start: String = value.chars().take(60).collect();
    if start.len() < value.len() {
        start.push('…');
    }
    format!("\"{}\"", text::visible(&start))
}
