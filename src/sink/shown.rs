//! What people choose from and agree to: the places by name, and a plan in words. No secret.

use super::{Plan, Sinks};
use crate::config::SinkKind;

/// A place that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub name: String,
    pub kind: SinkKind,
}

/// What would be done to one place, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub target: String,
    /// Line by line, each with its sign; `***` for every secret.
    pub difference: Vec<(char, String)>,
    pub notes: Vec<String>,
}

impl Sinks {
    /// Those that a screen can deliver to by itself.
    pub fn choices(&self) -> Vec<Choice> {
        let is_elsewhere = |kind| matches!(kind, SinkKind::Stdout | SinkKind::Clipboard);
        let all = self.all().iter().filter(|sink| !is_elsewhere(sink.kind()));
        all.map(|sink| Choice { name: sink.name().to_owned(), kind: sink.kind() }).collect()
    }
}

impl Plan {
    pub fn shown(&self) -> Shown {
        Shown { target: self.target(), difference: self.difference(), notes: self.notes() }
    }
}
