//! The scope catalogue: what each scope id lets a token do, in words, and how risky that is.

use std::{collections::HashMap, sync::OnceLock};

use serde::Deserialize;

/// The scope of a token that may do everything its owner may.
pub const FULL_ACCESS: &str = "app_token";

/// How much harm a token with this scope can do in the wrong hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Risk {
    Low,
    Medium,
    High,
    Critical,
}

impl Risk {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

/// One entry of the catalogue (`assets/scopes.json`).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Scope {
    pub id: String,
    /// The area it opens, such as "Code".
    pub category: String,
    /// What may be done there, such as "Read & write".
    pub access: String,
    /// One sentence in plain words.
    pub description: String,
    pub risk: Risk,
}

impl Scope {
    /// "Code: read and write"; full access is just that.
    pub fn words(&self) -> String {
        if self.category.eq_ignore_ascii_case(&self.access) {
            return self.category.clone();
        }
        format!("{}: {}", self.category, self.access.to_lowercase().replace(" & ", " and "))
    }
}

fn catalogue() -> &'static HashMap<String, Scope> {
    static CATALOGUE: OnceLock<HashMap<String, Scope>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let scopes: Vec<Scope> =
            serde_json::from_str(include_str!("../../assets/scopes.json")).unwrap_or_default();
        scopes.into_iter().map(|scope| (scope.id.clone(), scope)).collect()
    })
}

/// The ids in a token's `scope` field.
pub fn ids(scope: &str) -> impl Iterator<Item = &str> {
    scope.split_ascii_whitespace()
}

/// What the catalogue knows of one id; `None` for an id it does not have.
pub fn find(id: &str) -> Option<&'static Scope> {
    catalogue().get(id)
}

/// Every entry of the catalogue, in no order.
pub fn all() -> impl Iterator<Item = &'static Scope> {
    catalogue().values()
}

/// The whole `scope` field in words. Ids that the catalogue does not know are kept as they are.
pub fn words(scope: &str) -> String {
    let each = ids(scope).map(|id| find(id).map_or_else(|| id.to_owned(), Scope::words));
    let words = each.collect::<Vec<_>>().join(" · ");
    if words.is_empty() { "nothing".to_owned() } else { words }
}

/// The riskiest of the scopes; an unknown one says nothing about risk.
pub fn risk(scope: &str) -> Option<Risk> {
    ids(scope).filter_map(find).map(|scope| scope.risk).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_whole() {
        assert_eq!(catalogue().len(), 95);
    }

    #[test]
    fn scopes_read_as_words() {
        assert_eq!(words("vso.code_write"), "Code: read and write");
        assert_eq!(words("vso.build vso.code"), "Build: read · Code: read");
        assert_eq!(words("app_token"), "Full access");
        assert_eq!(words("vso.brand_new vso.wiki"), "vso.brand_new · Wiki: read");
        assert_eq!(words(""), "nothing");
    }

    #[test]
    fn the_riskiest_scope_decides() {
        assert_eq!(risk("vso.build vso.code_write"), Some(Risk::High));
        assert_eq!(risk("app_token"), Some(Risk::Critical));
        assert_eq!(risk("vso.brand_new"), None);
    }
}
