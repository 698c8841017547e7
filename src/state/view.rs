//! Which tokens the table shows, and in which order.

use std::cmp::Ordering;

use chrono::{DateTime, Utc};

use crate::pat::{Pat, Status, Thresholds, scope};

/// The time and the thresholds that status depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub now: DateTime<Utc>,
    pub thresholds: Thresholds,
}

impl Moment {
    pub fn status(self, pat: &Pat) -> Status {
        pat.status(self.now, self.thresholds)
    }
}

/// One of the fixed selections of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum View {
    #[default]
    All,
    Expiring,
    Global,
    Expired,
    Revoked,
}

impl View {
    pub const ALL: [Self; 5] =
        [Self::All, Self::Expiring, Self::Global, Self::Expired, Self::Revoked];

    pub fn title(self) -> &'static str {
        match self {
            Self::All => "All",
            Self::Expiring => "Expiring",
            Self::Global => "Global",
            Self::Expired => "Expired",
            Self::Revoked => "Revoked",
        }
    }

    pub fn admits(self, pat: &Pat, status: Status) -> bool {
        match self {
            Self::All => true,
            Self::Expiring => matches!(status, Status::Critical | Status::Expiring),
            Self::Global => pat.is_global() && status.is_alive(),
            Self::Expired => status == Status::Expired,
            Self::Revoked => status == Status::Revoked,
        }
    }

    #[must_use]
    pub fn step(self, by: isize) -> Self {
        step(&Self::ALL, self, by)
    }
}

/// What the table is sorted by. "Left" and "Ends" are the same order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    Name,
    Status,
    #[default]
    Ends,
    Life,
    Can,
    Organization,
    Created,
}

impl SortKey {
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Status,
        Self::Ends,
        Self::Life,
        Self::Can,
        Self::Organization,
        Self::Created,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Status => "status",
            Self::Ends => "end",
            Self::Life => "life gone",
            Self::Can => "scopes",
            Self::Organization => "organization",
            Self::Created => "created",
        }
    }

    #[must_use]
    pub fn step(self, by: isize) -> Self {
        step(&Self::ALL, self, by)
    }
}

/// The neighbour `by` places away, around the ends.
fn step<T: Copy + PartialEq>(all: &[T], from: T, by: isize) -> T {
    let at = all.iter().position(|each| *each == from).unwrap_or_default();
    all.iter()
        .cycle()
        .nth(
            at.wrapping_add_signed(by + isize::try_from(all.len()).unwrap_or_default()) % all.len(),
        )
        .copied()
        .unwrap_or(from)
}

/// The order of the table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Sort {
    /// A total order: equal tokens are told apart by their end and then their id.
    pub fn compare(self, a: &Pat, b: &Pat, moment: Moment) -> Ordering {
        let by_key = match self.key {
            SortKey::Ends => by_end(a, b, moment),
            SortKey::Name => by_name(a, b),
            SortKey::Status => moment.status(a).cmp(&moment.status(b)),
            SortKey::Life => a.life_gone(moment.now).total_cmp(&b.life_gone(moment.now)),
            SortKey::Can => by_risk(a, b),
            SortKey::Organization => a.organization.as_str().cmp(b.organization.as_str()),
            SortKey::Created => a.valid_from.cmp(&b.valid_from),
        };
        let by_key = if self.descending { by_key.reverse() } else { by_key };
        by_key.then_with(|| by_end(a, b, moment)).then_with(|| a.id.cmp(&b.id))
    }
}

/// The next to end first; what is dead comes after it, the latest death first.
fn by_end(a: &Pat, b: &Pat, moment: Moment) -> Ordering {
    let (status_a, status_b) = (moment.status(a), moment.status(b));
    match (status_a.is_alive(), status_b.is_alive()) {
        (true, true) => a.valid_to.cmp(&b.valid_to),
        // Expired before revoked.
        (false, false) => status_a.cmp(&status_b).then_with(|| b.valid_to.cmp(&a.valid_to)),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

fn by_name(a: &Pat, b: &Pat) -> Ordering {
    let lower = |pat: &Pat| pat.name.raw().chars().flat_map(char::to_lowercase).collect::<Vec<_>>();
    if a.name.raw().is_ascii() && b.name.raw().is_ascii() {
        let (a, b) = (a.name.raw().bytes(), b.name.raw().bytes());
        return a.map(|c| c.to_ascii_lowercase()).cmp(b.map(|c| c.to_ascii_lowercase()));
    }
    lower(a).cmp(&lower(b))
}

/// The riskiest first, then alike ones together.
fn by_risk(a: &Pat, b: &Pat) -> Ordering {
    if a.scope == b.scope {
        return Ordering::Equal;
    }
    scope::risk(&b.scope).cmp(&scope::risk(&a.scope)).then_with(|| a.scope.cmp(&b.scope))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::pat::{
        Listed,
        fixture::{now, pat},
    };

    fn moment() -> Moment {
        Moment { now: now(), thresholds: Thresholds::default() }
    }

    fn sorted(sort: Sort, mut pats: Vec<Pat>) -> Vec<String> {
        pats.sort_by(|a, b| sort.compare(a, b, moment()));
        pats.iter().map(|pat| pat.name.to_string()).collect()
    }

    fn some() -> Vec<Pat> {
        vec![
            pat(1).named("zeta").ends_in(TimeDelta::days(90)),
            pat(2).named("Alpha").ends_in(TimeDelta::days(2)).scoped("app_token"),
            pat(3).named("dead").ends_in(TimeDelta::days(-9)).listed(Listed::Expired),
            pat(4).named("late").ends_in(TimeDelta::days(-1)).listed(Listed::Expired),
        ]
    }

    #[test]
    fn what_ends_next_comes_first_and_the_dead_last() {
        assert_eq!(sorted(Sort::default(), some()), ["Alpha", "zeta", "late", "dead"]);
    }

    #[test]
    fn both_ways() {
        let sort = Sort { key: SortKey::Ends, descending: true };
        assert_eq!(sorted(sort, some()), ["dead", "late", "zeta", "Alpha"]);
        let sort = Sort { key: SortKey::Name, descending: true };
        assert_eq!(sorted(sort, some()), ["zeta", "late", "dead", "Alpha"]);
    }

    #[test]
    fn the_riskiest_scopes_come_first() {
        let sort = Sort { key: SortKey::Can, descending: false };
        assert_eq!(sorted(sort, some())[0], "Alpha");
    }

    #[test]
    fn views_go_round() {
        assert_eq!(View::All.step(-1), View::Revoked);
        assert_eq!(View::Revoked.step(1), View::All);
        assert_eq!(View::Global.step(1), View::Expired);
    }

    #[test]
    fn a_token_that_ended_since_it_was_listed_is_expired() {
        let pat = pat(1).ends_in(TimeDelta::seconds(-1)).listed(Listed::Active);
        assert!(View::Expired.admits(&pat, moment().status(&pat)));
        assert!(!View::Expiring.admits(&pat, moment().status(&pat)));
    }
}
