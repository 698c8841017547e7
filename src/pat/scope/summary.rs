//! What a choice of scopes comes to, in one sentence for the person who decides about it.

use std::fmt;

use super::{EVERYTHING, Risk, Scope, find, fold, ids, offered, risk};

/// The areas that people ask about, most asked first. Of the others only those that a token
/// reaches are named.
const AREAS: [&str; 12] = [
    "Code",
    "Build",
    "Release",
    "Packaging",
    "Work Items",
    "Wiki",
    "Test Management",
    "Agent Pools",
    "Variable Groups",
    "Service Connections",
    "Project and Team",
    "Security",
];

/// What a token with certain scopes can and cannot do, and how risky it is. Displays as
/// `can: … · cannot: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What each scope allows, those that another one includes left out. An id that the catalogue
    /// does not have stands as it is, so escape it before it is shown.
    pub can: Vec<String>,
    /// What is missing in the areas that are opened, then the well-known areas that are not.
    pub cannot: Vec<String>,
    /// The riskiest; `None`: nothing is known of them.
    pub risk: Option<Risk>,
    /// How many ids the catalogue does not have.
    pub unknown: usize,
}

impl Summary {
    pub fn new(scope: &str) -> Self {
        let folded = fold(ids(scope));
        let mut known: Vec<&Scope> = folded.iter().copied().filter_map(find).collect();
        known.sort_by_key(|scope| scope.place());
        let mut can: Vec<String> = known.iter().map(|scope| scope.words()).collect();
        can.dedup();
        let unknown = folded.iter().filter(|id| find(id).is_none());
        can.extend(unknown.clone().map(|id| (*id).to_owned()));
        let is_everything =
            known.iter().any(|scope| scope.includes.iter().any(|id| id == EVERYTHING));
        let cannot = if is_everything { Vec::new() } else { cannot(&known) };
        Self { can, cannot, risk: risk(scope), unknown: unknown.count() }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |texts: &[String]| match texts {
            [] => "nothing".to_owned(),
            texts => texts.join(", "),
        };
        write!(f, "can: {} · cannot: {}", list(&self.can), list(&self.cannot))
    }
}

fn cannot(known: &[&Scope]) -> Vec<String> {
    let is_open = |area: &str| known.iter().any(|scope| scope.category == area);
    let mut cannot: Vec<String> = Vec::new();
    for scope in known {
        // What wider scopes of the same area would add.
        let wider = offered()
            .filter(|wider| wider.category == scope.category && wider.includes.contains(&scope.id));
        let has = |verb: &str| {
            let narrower = scope.includes.iter().filter_map(|id| find(id));
            let narrower = narrower.filter(|narrower| narrower.category == scope.category);
            known
                .iter()
                .filter(|other| other.category == scope.category)
                .copied()
                .chain(narrower)
                .any(|scope| scope.verbs().any(|own| own == verb))
        };
        let mut missing: Vec<String> = Vec::new();
        for verb in wider.flat_map(Scope::verbs).filter(|verb| verb != "full" && !has(verb)) {
            if !missing.contains(&verb) {
                missing.push(verb);
            }
        }
        let words = format!("{}: {}", scope.category, missing.join(", "));
        if !missing.is_empty() && !cannot.contains(&words) {
            cannot.push(words);
        }
    }
    cannot.extend(AREAS.iter().filter(|area| !is_open(area)).map(|area| (*area).to_owned()));
    cannot
}

impl Scope {
    /// `Read, write & manage` as its verbs.
    fn verbs(&self) -> impl Iterator<Item = String> {
        self.access.split([',', '&']).map(|verb| verb.trim().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(scope: &str, can: &str, cannot: &str) {
        let summary = Summary::new(scope);
        assert_eq!(summary.can.join(", "), can, "{scope}");
        let begin: String = summary.cannot.join(", ").chars().take(cannot.len()).collect();
        assert_eq!(begin, cannot, "{scope}");
    }

    #[test]
    fn what_is_missing_in_an_opened_area_comes_first() {
        check("vso.code", "Code: read", "Code: write, manage, Build, Release, Packaging");
        check("vso.code_write", "Code: read and write", "Code: manage, Build");
        check("vso.code_full", "Code: full", "Build, Release");
        check("vso.build_execute vso.code", "Build: read and execute, Code: read", "Code: write, ");
        check("vso.packaging_write", "Packaging: read and write", "Packaging: manage, Code, Build");
    }

    #[test]
    fn narrower_and_hidden_scopes_are_not_named_twice() {
        let both = Summary::new("vso.code vso.code_write vso.profile");
        assert_eq!(both, Summary { risk: Some(Risk::High), ..Summary::new("vso.code_write") });
        let agents = Summary::new("vso.agentpools_manage vso.environment_manage");
        assert_eq!(agents.can, ["Agent Pools: read and manage"]);
    }

    #[test]
    fn full_access_can_everything_and_nothing_can_nothing() {
        let full = Summary::new("vso.code app_token");
        assert_eq!(full.to_string(), "can: Full access · cannot: nothing");
        assert_eq!(full.risk, Some(Risk::Critical));
        let none = Summary::new("");
        assert_eq!((none.can.len(), none.cannot.len(), none.risk), (0, AREAS.len(), None));
    }

    #[test]
    fn what_is_unknown_is_said_and_counted() {
        let summary = Summary::new("vso.new vso.wiki vso.newer");
        assert_eq!(summary.can, ["Wiki: read", "vso.new", "vso.newer"]);
        assert_eq!((summary.unknown, summary.risk), (2, Some(Risk::Low)));
        assert!(!summary.cannot.contains(&"Wiki".to_owned()));
    }

    #[test]
    fn the_areas_exist() {
        for area in AREAS {
            assert!(offered().any(|scope| scope.category == area), "{area}");
        }
    }
}
