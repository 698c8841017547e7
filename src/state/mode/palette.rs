//! The help: every command with its keys, searchable, and Enter runs the selected one.

use tui_input::Input;

use crate::{
    action::{BINDINGS, Binding, Layer},
    state::cursor::Cursor,
};

/// The open help.
#[derive(Clone, Debug, Default)]
pub struct Palette {
    pub search: Input,
    pub cursor: Cursor,
    /// The layer that the help was opened from; its keys come first.
    pub from: Option<Layer>,
}

impl Palette {
    /// The commands that the search finds, those of the layer it was opened from first.
    pub fn found(&self) -> Vec<&'static Binding> {
        let wanted = self.search.value().to_lowercase();
        let mut found: Vec<_> =
            BINDINGS.iter().filter(|binding| matches(binding, &wanted)).collect();
        found.sort_by_key(|binding| Some(binding.layer) != self.from);
        found
    }
}

/// A key is found by itself, a command by any part of its name or its sentence.
fn matches(binding: &Binding, wanted: &str) -> bool {
    let contains = |text: &str| text.to_lowercase().contains(wanted);
    contains(binding.doc)
        || contains(binding.name)
        || binding.keys.iter().any(|key| key.to_lowercase() == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::Action;

    fn first(search: &str) -> Option<&'static Action> {
        let palette =
            Palette { search: search.into(), from: Some(Layer::List), ..Palette::default() };
        palette.found().first().map(|binding| &binding.action)
    }

    #[test]
    fn found_by_key_name_and_sentence() {
        assert_eq!(first("revoke the token"), Some(&Action::Revoke));
        assert_eq!(first("F5"), Some(&Action::Refresh));
        assert_eq!(first("token page"), Some(&Action::OpenPage));
        assert_eq!(first("no such thing"), None);
        assert_eq!(first(""), Some(&Action::Next));
    }
}
