//! What organizations were seen to grant and to refuse. Nobody tells their policies, so they are
//! learned from answers, and what an answer contradicts is forgotten. Plain data.

use std::{collections::HashMap, fmt};

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    Organization, Pat,
    change::{Change, Ground},
    scope::{self, FULL_ACCESS},
};
use crate::when::{self, Zone};

/// The service rounds dates; less than this is no difference.
const ROUNDING: TimeDelta = TimeDelta::minutes(1);

/// What an answer taught.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// A later end was shortened to so long after the token's creation.
    Shortened(TimeDelta),
    /// So long a life was refused; how long one is granted is not known.
    Refused(TimeDelta),
    /// Full access was refused.
    NoFullAccess,
    /// A new token was refused, whatever its end.
    NoCreation,
}

/// One limit of one organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    pub rule: Rule,
    pub seen: DateTime<Utc>,
}

/// What is asked for, as far as limits are about it.
#[derive(Clone, Copy, Debug)]
pub struct Wish<'a> {
    pub organization: &'a Organization,
    /// Empty: no other scopes than the token has.
    pub scope: &'a str,
    /// From the creation of the token to its end; `None`: no other end than it has.
    pub life: Option<TimeDelta>,
    pub is_new: bool,
}

impl<'a> Wish<'a> {
    pub fn change(pat: &'a Pat, change: &'a Change) -> Self {
        Self {
            organization: &pat.organization,
            scope: change.scope.as_deref().unwrap_or_default(),
            life: change.valid_to.map(|to| to - pat.valid_from),
            is_new: false,
        }
    }

    fn has_full_access(&self) -> bool {
        scope::ids(self.scope).any(|id| id == FULL_ACCESS)
    }
}

impl Rule {
    /// Whether both speak of the same policy, so that the newer one replaces the older.
    fn is_about_the_same(self, other: Self) -> bool {
        let is_life = |rule| matches!(rule, Self::Shortened(_) | Self::Refused(_));
        self == other || is_life(self) && is_life(other)
    }

    /// Whether it stands against what is wished for.
    fn is_against(self, wish: &Wish<'_>) -> bool {
        match self {
            Self::Shortened(most) => wish.life.is_some_and(|life| life > most + ROUNDING),
            Self::Refused(more) => wish.life.is_some_and(|life| life > more - ROUNDING),
            Self::NoFullAccess => wish.has_full_access(),
            Self::NoCreation => wish.is_new,
        }
    }
}

impl Limit {
    /// In words, with the day on which it was seen and how: completes "contoso …".
    pub fn words(&self, zone: Zone) -> String {
        let seen = when::day(self.seen, zone);
        match self.rule {
            Rule::Shortened(life) => {
                format!("shortened an end to {} after creation on {seen}", when::span(life))
            }
            // 90 days from a second ago must not read as 89.
            Rule::Refused(life) => {
                format!("refused a life of {} on {seen}", when::span(life + ROUNDING))
            }
            Rule::NoFullAccess => format!("refused full access on {seen}"),
            Rule::NoCreation => format!("refused to create a token on {seen}"),
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shortened(life) => write!(f, "at most {} after creation", when::span(*life)),
            Self::Refused(life) => {
                write!(f, "less than {} after creation", when::span(*life + ROUNDING))
            }
            Self::NoFullAccess => f.write_str("no full access"),
            Self::NoCreation => f.write_str("no new tokens, or only some"),
        }
    }
}

/// The limits of all organizations that are known to have some.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits(HashMap<Organization, Vec<Limit>>);

impl Limits {
    pub fn of(&self, organization: &Organization) -> &[Limit] {
        self.0.get(organization).map(Vec::as_slice).unwrap_or_default()
    }

    /// The organizations by name, each with its limits.
    pub fn all(&self) -> Vec<(&Organization, &[Limit])> {
        let mut all: Vec<_> = self.0.iter().map(|(name, each)| (name, each.as_slice())).collect();
        all.sort_by_key(|(name, _)| name.as_str().to_ascii_lowercase());
        all
    }

    /// How long the organization was seen to let tokens live.
    pub fn lifespan(&self, organization: &Organization) -> Option<(TimeDelta, DateTime<Utc>)> {
        self.of(organization).iter().find_map(|limit| match limit.rule {
            Rule::Shortened(life) => Some((life, limit.seen)),
            Rule::Refused(_) | Rule::NoFullAccess | Rule::NoCreation => None,
        })
    }

    /// Those that stand against what is wished for.
    pub fn against(&self, wish: &Wish<'_>) -> Vec<Limit> {
        let all = self.of(wish.organization).iter().copied();
        all.filter(|limit| limit.rule.is_against(wish)).collect()
    }

    /// Notes a limit, in the place of an older one about the same.
    pub fn insert(&mut self, organization: Organization, limit: Limit) {
        let each = self.0.entry(organization).or_default();
        each.retain(|other| !other.rule.is_about_the_same(limit.rule));
        each.push(limit);
    }

    /// Learns from what was granted: the token as it is now. Tells whether anything is new.
    pub fn granted(&mut self, wish: &Wish<'_>, pat: &Pat, now: DateTime<Utc>) -> bool {
        let life = pat.valid_to - pat.valid_from;
        let given = Wish { life: wish.life.map(|_| life), ..*wish };
        let mut is_new = false;
        if let Some(each) = self.0.get_mut(wish.organization) {
            let before = each.len();
            each.retain(|limit| !limit.rule.is_against(&given));
            is_new = each.len() < before;
        }
        if wish.life.is_some_and(|wished| wished > life + ROUNDING) {
            let minutes = (life.num_seconds() + 30).div_euclid(60);
            let rule = Rule::Shortened(TimeDelta::minutes(minutes));
            is_new |= self.of(wish.organization).iter().all(|limit| limit.rule != rule);
            self.insert(wish.organization.clone(), Limit { rule, seen: now });
        }
        if self.of(wish.organization).is_empty() {
            self.forget(wish.organization);
        }
        is_new
    }

    /// Learns from a refusal, if it teaches anything.
    pub fn refused(&mut self, wish: &Wish<'_>, ground: Ground, now: DateTime<Utc>) -> bool {
        let rule = match (ground, wish.life) {
            // What is known already may say more than that this life is too long, too.
            (Ground::Lifespan, Some(life)) if self.forbids(wish.organization, life) => {
                return false;
            }
            (Ground::Lifespan, Some(life)) => Rule::Refused(life),
            (Ground::FullAccess, _) => Rule::NoFullAccess,
            (Ground::Creation, _) if wish.is_new => Rule::NoCreation,
            _ => return false,
        };
        self.insert(wish.organization.clone(), Limit { rule, seen: now });
        true
    }

    fn forbids(&self, organization: &Organization, life: TimeDelta) -> bool {
        let wish = Wish { organization, scope: "", life: Some(life), is_new: false };
        !self.against(&wish).is_empty()
    }

    /// Forgets an organization. Tells whether anything was known of it.
    pub fn forget(&mut self, organization: &Organization) -> bool {
        self.0.remove(organization).is_some_and(|limits| !limits.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::fixture::{now, pat};

    fn wish(days: i64) -> Wish<'static> {
        static CONTOSO: std::sync::OnceLock<Organization> = std::sync::OnceLock::new();
        let organization = CONTOSO.get_or_init(|| "contoso".parse().unwrap());
        let life = Some(TimeDelta::days(days));
        Wish { organization, scope: "vso.code", life, is_new: true }
    }

    /// A token that lives so long.
    fn living(life: TimeDelta) -> Pat {
        let pat = pat(1);
        Pat { valid_to: pat.valid_from + life, ..pat }
    }

    fn words(limits: &Limits, wish: &Wish<'_>) -> Vec<String> {
        limits.against(wish).iter().map(|limit| limit.words(Zone::utc())).collect()
    }

    #[test]
    fn a_shortened_end_is_told_the_next_time() {
        let mut limits = Limits::default();
        let granted = living(TimeDelta::days(45) - TimeDelta::milliseconds(3));
        assert!(limits.granted(&wish(90), &granted, now()));
        assert!(!limits.granted(&wish(90), &granted, now()), "that is known");
        assert_eq!(limits.lifespan(wish(1).organization), Some((TimeDelta::days(45), now())));
        let told = words(&limits, &wish(60));
        assert_eq!(told, ["shortened an end to 45 days after creation on Tue 24 Nov 2026"]);
        assert_eq!(words(&limits, &wish(45)), [""; 0]);
        let other = "CONTOSO".parse().unwrap();
        let same = Wish { organization: &other, ..wish(60) };
        assert_eq!(words(&limits, &same).len(), 1, "names differ in case only");
        let pat = pat(1);
        let end = |days| Change::end(pat.valid_from + TimeDelta::days(days));
        assert_eq!(words(&limits, &Wish::change(&pat, &end(46))).len(), 1);
        assert_eq!(words(&limits, &Wish::change(&pat, &end(45))).len(), 0);
        assert_eq!(words(&limits, &Wish::change(&pat, &Change::default())).len(), 0);
    }

    #[test]
    fn refusals_are_told_as_such() {
        let mut limits = Limits::default();
        assert!(limits.refused(&wish(90), Ground::Lifespan, now()));
        assert_eq!(words(&limits, &wish(90)), ["refused a life of 90 days on Tue 24 Nov 2026"]);
        assert_eq!(words(&limits, &wish(89)), [""; 0]);
        assert!(limits.refused(&wish(30), Ground::Lifespan, now()), "less is refused, too");
        assert!(!limits.refused(&wish(60), Ground::Lifespan, now()), "as was known");
        assert_eq!(words(&limits, &wish(30)).len(), 1);
        let full = Wish { scope: "app_token", ..wish(1) };
        assert!(limits.refused(&full, Ground::FullAccess, now()));
        assert_eq!(words(&limits, &full), ["refused full access on Tue 24 Nov 2026"]);
        assert!(limits.refused(&wish(1), Ground::Creation, now()));
        assert_eq!(words(&limits, &wish(1)).len(), 1);
        assert!(!limits.refused(&wish(1), Ground::Name, now()));
        assert!(!limits.refused(&Wish { is_new: false, ..wish(1) }, Ground::Creation, now()));
    }

    #[test]
    fn what_an_answer_contradicts_is_forgotten() {
        let mut limits = Limits::default();
        limits.granted(&wish(90), &living(TimeDelta::days(45)), now());
        let full = Wish { scope: "app_token", ..wish(10) };
        limits.refused(&full, Ground::FullAccess, now());
        limits.refused(&wish(10), Ground::Creation, now());
        assert!(limits.granted(&full, &living(TimeDelta::days(10)), now()));
        assert_eq!(limits.of(full.organization).len(), 1, "only the lifespan is left");
        let renamed = Wish { life: None, is_new: false, ..wish(1) };
        assert!(!limits.granted(&renamed, &living(TimeDelta::days(300)), now()), "an old end");
        assert!(limits.granted(&wish(60), &living(TimeDelta::days(60)), now()));
        assert_eq!(limits, Limits::default());
        limits.refused(&wish(90), Ground::Lifespan, now());
        assert!(limits.granted(&wish(90), &living(TimeDelta::days(30)), now()));
        assert_eq!(limits.lifespan(full.organization).map(|it| it.0), Some(TimeDelta::days(30)));
        assert_eq!(limits.of(full.organization).len(), 1);
        assert!(!limits.refused(&wish(90), Ground::Lifespan, now()), "the span says more");
    }
}
