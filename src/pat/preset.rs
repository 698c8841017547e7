//! Scopes by task: what a token needs for what people make tokens for. None of them is full access.

use std::sync::OnceLock;

use serde::Deserialize;

/// One entry of `assets/presets.json`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// What the command line calls it: `publish-packages`.
    pub id: String,
    /// The task in plain words: `publish packages`.
    pub title: String,
    /// The ids of the scopes that it takes.
    pub scopes: Vec<String>,
}

impl Preset {
    /// The scopes as a token's `scope` field.
    pub fn scope(&self) -> String {
        self.scopes.join(" ")
    }
}

/// All presets, the most usual tasks first.
pub fn all() -> &'static [Preset] {
    static PRESETS: OnceLock<Vec<Preset>> = OnceLock::new();
    PRESETS.get_or_init(|| {
        serde_json::from_str(include_str!("../../assets/presets.json")).unwrap_or_default()
    })
}

/// The preset with this id.
pub fn find(id: &str) -> Option<&'static Preset> {
    all().iter().find(|preset| preset.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::pat::scope::{self, Audience};

    #[test]
    fn each_preset_takes_offered_scopes_and_no_more_than_it_needs() {
        assert!(all().len() >= 12);
        let ids: HashSet<_> = all().iter().map(|preset| &preset.id).collect();
        let titles: HashSet<_> = all().iter().map(|preset| &preset.title).collect();
        assert_eq!((ids.len(), titles.len()), (all().len(), all().len()));
        for preset in all() {
            assert!(!preset.scopes.is_empty() && !preset.title.is_empty(), "{preset:?}");
            assert!(preset.id.chars().all(|c| c.is_ascii_lowercase() || c == '-'), "{preset:?}");
            assert_eq!(scope::fold(preset.scopes.iter().map(String::as_str)), preset.scopes);
            for id in &preset.scopes {
                let scope = scope::find(id).unwrap_or_else(|| panic!("{id} of {}", preset.id));
                assert_eq!(scope.audience, Audience::Public, "{id} of {}", preset.id);
                assert_ne!(id, scope::FULL_ACCESS, "{}", preset.id);
            }
        }
    }

    #[test]
    fn presets_are_found_by_their_ids() {
        assert_eq!(find("push-code").unwrap().scope(), "vso.code_write");
        assert_eq!(find("everything"), None);
    }
}
