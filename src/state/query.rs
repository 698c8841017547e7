//! What the filter line means: fuzzy words over the name, and terms over single fields.

use chrono::{DateTime, Utc};
use nucleo_matcher::{
    Config, Matcher, Utf32Str,
    pattern::{CaseMatching, Normalization, Pattern},
};

use crate::pat::{Organization, Pat, Status, scope};

/// The filter, understood. An empty one lets everything through.
#[derive(Clone, Debug, Default)]
pub struct Query {
    words: Pattern,
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    negated: bool,
    field: Field,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    Status(String),
    Organization(String),
    /// `org:=NAME`: this one and no other.
    OneOrganization(String),
    /// A part of a scope id, and the ids whose words have it.
    Scope(String, Vec<&'static str>),
    Id(String),
    Days(Comparison, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Below,
    AtMost,
    Above,
    AtLeast,
    Equal,
}

/// The matcher's working memory, to be kept while many rows are matched.
#[derive(Debug)]
pub struct Scratch {
    matcher: Matcher,
    characters: Vec<char>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { matcher: Matcher::new(Config::DEFAULT), characters: Vec::new() }
    }
}

impl Query {
    /// Never fails: what is no term is a word.
    pub fn parse(text: &str) -> Self {
        let (mut words, mut terms) = (Vec::new(), Vec::new());
        for word in text.split_whitespace() {
            match Term::parse(word) {
                Some(term) => terms.push(term),
                None => words.push(word),
            }
        }
        let words = Pattern::parse(&words.join(" "), CaseMatching::Smart, Normalization::Smart);
        Self { words, terms }
    }

    /// The filter's text with its terms for organizations replaced by one for this organization,
    /// or by none. Everything else that was typed stays.
    pub fn with_organization(text: &str, organization: Option<&Organization>) -> String {
        let is_other = |word: &&str| {
            let field = Term::parse(word).map(|term| term.field);
            !matches!(field, Some(Field::Organization(_) | Field::OneOrganization(_)))
        };
        let term = organization.map(|organization| format!("org:={organization}"));
        let words = term.iter().map(String::as_str).chain(text.split_whitespace().filter(is_other));
        words.collect::<Vec<_>>().join(" ")
    }

    /// Whether it admits the tokens of this organization and of no other.
    pub fn is_of(&self, organization: &Organization) -> bool {
        let name = organization.as_str();
        self.terms.iter().any(|term| {
            let field = &term.field;
            !term.negated
                && matches!(field, Field::OneOrganization(one) if one.eq_ignore_ascii_case(name))
        })
    }

    pub fn is_empty(&self) -> bool {
        self.words.atoms.is_empty() && self.terms.is_empty()
    }

    pub fn matches(
        &self,
        pat: &Pat,
        status: Status,
        now: DateTime<Utc>,
        scratch: &mut Scratch,
    ) -> bool {
        self.terms.iter().all(|term| term.field.admits(pat, status, now) != term.negated)
            && (self.words.atoms.is_empty() || {
                let name = Utf32Str::new(pat.name.raw(), &mut scratch.characters);
                self.words.score(name, &mut scratch.matcher).is_some()
            })
    }

    /// The characters of a shown name that the words found, as sorted indices.
    pub fn highlights(&self, name: &str, scratch: &mut Scratch) -> Vec<u32> {
        let mut found = Vec::new();
        if !self.words.atoms.is_empty() {
            let name = Utf32Str::new(name, &mut scratch.characters);
            self.words.indices(name, &mut scratch.matcher, &mut found);
            found.sort_unstable();
            found.dedup();
        }
        found
    }
}

impl Term {
    fn parse(word: &str) -> Option<Self> {
        let (negated, rest) = match word.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, word),
        };
        Field::parse(&rest.to_lowercase()).map(|field| Self { negated, field })
    }
}

impl Field {
    /// Reads a term that is in lower case.
    fn parse(text: &str) -> Option<Self> {
        if let Some(days) = text.strip_prefix("days") {
            return Self::days(days);
        }
        let (field, value) = text.split_once(':')?;
        let value = value.to_owned();
        if value.is_empty() {
            return None;
        }
        match field {
            "status" | "is" => Some(Self::Status(value)),
            "org" | "organization" => Some(match value.strip_prefix('=') {
                Some(name) => Self::OneOrganization(name.to_owned()),
                None => Self::Organization(value),
            }),
            "id" => Some(Self::Id(value)),
            "scope" | "can" => {
                let known =
                    scope::all().filter(|scope| scope.words().to_lowercase().contains(&value));
                let known = known.map(|scope| scope.id.as_str()).collect();
                Some(Self::Scope(value, known))
            }
            _ => None,
        }
    }

    fn days(text: &str) -> Option<Self> {
        use Comparison::{Above, AtLeast, AtMost, Below, Equal};
        // Longer signs first, since `<` begins `<=`.
        let signs = [("<=", AtMost), (">=", AtLeast), ("<", Below), (">", Above), ("=", Equal)];
        signs.into_iter().find_map(|(sign, comparison)| {
            let number = text.strip_prefix(sign)?.trim_end_matches('d').parse().ok()?;
            Some(Self::Days(comparison, number))
        })
    }

    fn admits(&self, pat: &Pat, status: Status, now: DateTime<Utc>) -> bool {
        match self {
            Self::Status(value) => has_status(pat, status, value),
            Self::Organization(value) => contains(pat.organization.as_str(), value),
            Self::OneOrganization(name) => pat.organization.as_str().eq_ignore_ascii_case(name),
            Self::Scope(value, known) => {
                scope::ids(&pat.scope).any(|id| contains(id, value) || known.contains(&id))
            }
            Self::Id(value) => pat.id.to_string().contains(value.as_str()),
            // The days of a dead token are nobody's question.
            Self::Days(comparison, days) => {
                let left = pat.days_left(now);
                status.is_alive()
                    && match comparison {
                        Comparison::Below => left < *days,
                        Comparison::AtMost => left <= *days,
                        Comparison::Above => left > *days,
                        Comparison::AtLeast => left >= *days,
                        Comparison::Equal => left == *days,
                    }
            }
        }
    }
}

/// `status:exp` finds expiring and expired ones; `active` means all that are alive.
fn has_status(pat: &Pat, status: Status, value: &str) -> bool {
    status.as_str().starts_with(value)
        || ("active".starts_with(value) && status.is_alive())
        || ("expiring".starts_with(value) && status == Status::Critical)
        || ("global".starts_with(value) && pat.is_global() && status.is_alive())
}

fn contains(text: &str, lower: &str) -> bool {
    let (text, lower) = (text.as_bytes(), lower.as_bytes());
    text.windows(lower.len().max(1)).any(|part| part.eq_ignore_ascii_case(lower))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::pat::{
        Listed, Thresholds,
        fixture::{now, pat, pat_in},
    };

    fn check(query: &str, pat: &Pat) -> bool {
        let status = pat.status(now(), Thresholds::default());
        Query::parse(query).matches(pat, status, now(), &mut Scratch::default())
    }

    #[test]
    fn words_are_fuzzy_and_can_be_negated() {
        let pat = pat(1).named("release-bot");
        assert!(check("", &pat));
        assert!(check("rlsbt", &pat));
        assert!(check("rel bot", &pat));
        assert!(!check("zzz", &pat));
        assert!(check("!nuget", &pat));
        assert!(!check("!bot", &pat));
        assert!(!check("rel !bot", &pat));
    }

    #[test]
    fn terms_ask_single_fields() {
        let pat = pat_in("contoso", 0xabcd).named("x").ends_in(TimeDelta::days(9));
        for query in [
            "org:CONT",
            "status:expiring",
            "status:active",
            "scope:code",
            "scope:code_write",
            "scope:write",
            "days<14",
            "days<=9",
            "days=9",
            "days>8d",
            "id:abcd",
            "!org:fabrikam",
            "!days<5",
        ] {
            assert!(check(query, &pat), "{query}");
        }
        for query in [
            "org:fabrikam",
            "status:expired",
            "scope:build",
            "days<9",
            "!scope:code",
            "status:global",
        ] {
            assert!(!check(query, &pat), "{query}");
        }
    }

    #[test]
    fn one_organization_is_asked_for_by_its_whole_name() {
        let (whole, longer) = (pat_in("contoso", 1), pat_in("contoso-test", 2));
        assert!(check("org:contoso", &longer));
        assert!(check("org:=Contoso", &whole));
        assert!(!check("org:=contoso", &longer));
        let organization = &whole.organization;
        let text = Query::with_organization("bot org:x !org:y days<9", Some(organization));
        assert_eq!(text, "org:=contoso bot days<9");
        assert!(Query::parse(&text).is_of(organization));
        assert!(!Query::parse("org:contoso !org:=contoso").is_of(organization));
        assert_eq!(Query::with_organization(&text, None), "bot days<9");
    }

    #[test]
    fn days_are_a_question_about_living_tokens() {
        let dead = pat(1).ends_in(TimeDelta::days(-3)).listed(Listed::Expired);
        assert!(!check("days<14", &dead));
        assert!(check("status:exp", &dead));
    }

    #[test]
    fn what_is_no_term_is_a_word() {
        let pat = pat(1).named("team:web days<x");
        assert!(check("team:web", &pat));
        assert!(check("days<x", &pat));
        assert!(!check("status:", &pat));
    }

    #[test]
    fn found_characters_are_named() {
        let query = Query::parse("bot org:x");
        assert_eq!(query.highlights("my-bot", &mut Scratch::default()), [3, 4, 5]);
    }
}
