//! Counts over all tokens, kept so that no frame has to count.

use chrono::{DateTime, Utc};

use super::view::{Moment, View};
use crate::pat::{AuthorizationId, Organization, Pat, Status, warning::Warning};

/// How many tokens there are of each status, in the order of [`Status::ALL`].
pub type Counts = [usize; Status::ALL.len()];

/// How many tokens each view and each warning has, and when that changes by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    views: [usize; View::ALL.len()],
    warnings: [usize; Warning::ALL.len()],
    /// There are few organizations, so a list is searched faster than a map.
    organizations: Vec<(Organization, Counts)>,
    /// The living token that ends first.
    soonest: Option<(DateTime<Utc>, AuthorizationId)>,
    /// When the next token becomes expiring, critical or expired.
    next_change: Option<DateTime<Utc>>,
}

impl Tally {
    pub fn of<'a>(pats: impl Iterator<Item = &'a Pat>, moment: Moment) -> Self {
        let mut tally = Self::default();
        for pat in pats {
            tally.add(pat, moment);
        }
        tally
    }

    pub fn add(&mut self, pat: &Pat, moment: Moment) {
        let status = moment.status(pat);
        for (count, view) in self.views.iter_mut().zip(View::ALL) {
            *count += usize::from(view.admits(pat, status));
        }
        for (count, warning) in self.warnings.iter_mut().zip(Warning::ALL) {
            *count += usize::from(warning.applies(pat, status));
        }
        self.count(&pat.organization, status);
        if status.is_alive() {
            let this = (pat.valid_to, pat.id);
            self.soonest = Some(self.soonest.map_or(this, |soonest| soonest.min(this)));
        }
        if let Some(change) = change_after(pat, status, moment) {
            self.next_change = Some(self.next_change.map_or(change, |next| next.min(change)));
        }
    }

    fn count(&mut self, organization: &Organization, status: Status) {
        let known = self.organizations.iter().position(|(known, _)| known == organization);
        let at = known.unwrap_or_else(|| {
            self.organizations.push((organization.clone(), Counts::default()));
            self.organizations.len() - 1
        });
        let counts = self.organizations.get_mut(at).map(|(_, counts)| counts);
        let count = counts.and_then(|counts| counts.get_mut(place(status)));
        if let Some(count) = count {
            *count += 1;
        }
    }

    /// The organizations that have tokens, with how many of each status.
    pub fn organizations(&self) -> &[(Organization, Counts)] {
        &self.organizations
    }

    pub fn view(&self, view: View) -> usize {
        View::ALL
            .iter()
            .position(|each| *each == view)
            .and_then(|at| self.views.get(at))
            .copied()
            .unwrap_or(0)
    }

    /// The warnings that apply to anything, the most urgent first, with their counts.
    pub fn warnings(&self) -> impl Iterator<Item = (Warning, usize)> {
        Warning::ALL.into_iter().zip(self.warnings).filter(|(_, count)| *count > 0)
    }

    pub fn soonest(&self) -> Option<AuthorizationId> {
        self.soonest.map(|(_, id)| id)
    }

    pub fn next_change(&self) -> Option<DateTime<Utc>> {
        self.next_change
    }
}

fn place(status: Status) -> usize {
    Status::ALL.iter().position(|each| *each == status).unwrap_or_default()
}

/// When time alone gives this token another status.
fn change_after(pat: &Pat, status: Status, moment: Moment) -> Option<DateTime<Utc>> {
    match status {
        Status::Active => pat.valid_to.checked_sub_signed(moment.thresholds.warn),
        Status::Expiring => pat.valid_to.checked_sub_signed(moment.thresholds.critical),
        Status::Critical => Some(pat.valid_to),
        Status::Expired | Status::Revoked => None,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::pat::{
        Listed, Thresholds,
        fixture::{now, pat},
    };

    #[test]
    fn counts_and_the_next_change() {
        let moment = Moment { now: now(), thresholds: Thresholds::default() };
        let pats = [
            pat(1).ends_in(TimeDelta::days(15)),
            pat(2).ends_in(TimeDelta::days(10)).global(),
            pat(3).ends_in(TimeDelta::hours(5)).scoped("app_token"),
            pat(4).listed(Listed::Expired).ends_in(TimeDelta::days(-2)),
            pat(5).listed(Listed::Revoked).global(),
        ];
        let tally = Tally::of(pats.iter(), moment);
        let views = View::ALL.map(|view| tally.view(view));
        assert_eq!(views, [5, 2, 1, 1, 1]);
        let warnings: Vec<_> = tally.warnings().collect();
        assert_eq!(
            warnings,
            [
                (Warning::Critical, 1),
                (Warning::Expiring, 1),
                (Warning::Global, 1),
                (Warning::FullAccess, 1),
                (Warning::Expired, 1),
            ]
        );
        let organizations = tally.organizations();
        assert_eq!(organizations, [(pat(1).organization, [1, 1, 1, 1, 1])]);
        assert_eq!(tally.soonest(), Some(pat(3).id));
        assert_eq!(tally.next_change(), Some(now() + TimeDelta::hours(5)));
    }
}
