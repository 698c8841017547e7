//! The scope catalogue: what each scope id lets a token do, in words, how risky that is, and which
//! of them include which.

mod summary;

use std::{collections::HashMap, sync::OnceLock};

use serde::Deserialize;

pub use self::summary::Summary;

/// The scope of a token that may do everything its owner may.
pub const FULL_ACCESS: &str = "app_token";

/// What full access includes, in the catalogue's words.
const EVERYTHING: &str = "*";

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
    #[serde(rename = "status")]
    pub audience: Audience,
    /// The ids of all that it includes.
    includes: Vec<String>,
}

/// For whom a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Public,
    /// Not offered by the web page; met on tokens that other programs made.
    Hidden,
    /// Of a service that does not exist any more.
    Legacy,
    /// A permission of apps in Entra ID; no token can have it.
    EntraOnly,
}

impl Scope {
    fn place(&self) -> (bool, &str, usize, &str) {
        let is_everything = self.includes.iter().any(|id| id == EVERYTHING);
        (is_everything, &self.category, self.includes.len(), &self.id)
    }

    /// "Code: read and write"; full access is just that.
    pub fn words(&self) -> String {
        if self.category.eq_ignore_ascii_case(&self.access) {
            return self.category.clone();
        }
        format!("{}: {}", self.category, self.access.to_lowercase().replace(" & ", " and "))
    }
}

/// The catalogue by area, narrow scopes before wide ones, full access at the very end.
fn catalogue() -> &'static [Scope] {
    static CATALOGUE: OnceLock<Vec<Scope>> = OnceLock::new();
    CATALOGUE.get_or_init(|| {
        let mut scopes: Vec<Scope> =
            serde_json::from_str(include_str!("../../assets/scopes.json")).unwrap_or_default();
        scopes.sort_by(|a, b| a.place().cmp(&b.place()));
        scopes
    })
}

/// The ids in a token's `scope` field.
pub fn ids(scope: &str) -> impl Iterator<Item = &str> {
    scope.split_ascii_whitespace()
}

/// What the catalogue knows of one id; `None` for an id it does not have.
pub fn find(id: &str) -> Option<&'static Scope> {
    static PLACES: OnceLock<HashMap<&str, &Scope>> = OnceLock::new();
    let places =
        PLACES.get_or_init(|| catalogue().iter().map(|scope| (scope.id.as_str(), scope)).collect());
    places.get(id).copied()
}

/// Every entry of the catalogue: by area, narrow scopes before wide ones, full access last.
pub fn all() -> impl Iterator<Item = &'static Scope> {
    catalogue().iter()
}

/// What a person may choose from, sorted as [`all`]. The others still stand on old tokens.
pub fn offered() -> impl Iterator<Item = &'static Scope> {
    all().filter(|scope| scope.audience == Audience::Public)
}

/// Whether one scope lets a token do all that the other does. Every scope includes itself; of one
/// that the catalogue does not have nothing else is known.
pub fn includes(wider: &str, narrower: &str) -> bool {
    wider == narrower
        || find(narrower).is_some()
            && find(wider).is_some_and(|wider| {
                wider.includes.iter().any(|included| included == EVERYTHING || included == narrower)
            })
}

/// The same rights with as few scopes as possible: what a wider one includes goes. The sequence
/// stays, and so does every id that the catalogue does not have.
pub fn fold<'a>(ids: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut folded: Vec<&str> = Vec::new();
    for id in ids {
        if !folded.iter().any(|wider| includes(wider, id)) {
            folded.retain(|narrower| !includes(id, narrower));
            folded.push(id);
        }
    }
    folded
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
        assert_eq!(all().count(), 95);
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
    fn the_catalogue_is_sorted_for_choosing() {
        let places: Vec<_> = all().map(Scope::place).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]), "{places:?}");
        let code: Vec<_> = offered().filter(|scope| scope.category == "Code").collect();
        let code: Vec<_> = code.iter().map(|scope| scope.id.as_str()).collect();
        let expected =
            ["vso.code_status", "vso.code", "vso.code_write", "vso.code_manage", "vso.code_full"];
        assert_eq!(code, expected);
        assert_eq!(offered().last().map(|scope| scope.id.as_str()), Some(FULL_ACCESS));
        for id in ["vso.hooks", "vso.loadtest", "vso.pats"] {
            assert!(find(id).is_some() && offered().all(|scope| scope.id != id), "{id}");
        }
    }

    #[test]
    fn what_includes_what_is_whole() {
        for scope in all() {
            for included in scope.includes.iter().filter(|id| *id != EVERYTHING) {
                let narrower = find(included).unwrap_or_else(|| panic!("{included} is no scope"));
                assert!(!includes(included, &scope.id), "{} and {included}", scope.id);
                let missing = narrower.includes.iter().find(|id| !includes(&scope.id, id));
                assert_eq!(missing, None, "{} includes {included}", scope.id);
            }
        }
        assert!(includes("vso.code_full", "vso.code") && !includes("vso.code", "vso.code_full"));
        assert!(!includes("vso.code_full", "vso.work") && includes(FULL_ACCESS, "vso.work"));
        assert!(includes("vso.new", "vso.new") && !includes(FULL_ACCESS, "vso.new"));
    }

    #[test]
    fn wide_scopes_fold_what_they_include_and_nothing_else() {
        let check = |scope: &str, expected: &str| {
            assert_eq!(fold(ids(scope)).join(" "), expected, "{scope}");
        };
        check("vso.code vso.code_write", "vso.code_write");
        check("vso.code_manage vso.wiki vso.code vso.wiki_write", "vso.code_manage vso.wiki_write");
        check("vso.code vso.build vso.code", "vso.code vso.build");
        check("vso.hooks vso.profile vso.build", "vso.build");
        check("vso.new vso.code vso.new vso.code_new", "vso.new vso.code vso.code_new");
        check("vso.code vso.new app_token vso.wiki", "vso.new app_token");
        check("", "");
    }

    #[test]
    fn the_riskiest_scope_decides() {
        assert_eq!(risk("vso.build vso.code_write"), Some(Risk::High));
        assert_eq!(risk("app_token"), Some(Risk::Critical));
        assert_eq!(risk("vso.brand_new"), None);
    }
}
