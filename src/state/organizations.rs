//! What is known of each organization: how many tokens, how old, and what went wrong.

use chrono::{DateTime, Utc};

use super::{State, tally::Counts};
use crate::{failure::Failure, operations::Completeness, pat::Organization};

/// One organization as the panel shows it.
#[derive(Clone, Debug)]
pub struct Known {
    pub organization: Organization,
    pub counts: Counts,
    /// When its tokens were last read.
    pub read: Option<DateTime<Utc>>,
    /// How its last listing ended, once one has.
    pub result: Option<Result<Completeness, Failure>>,
}

/// All organizations that azpat asks or has tokens of, by name.
pub fn known(state: &State) -> Vec<Known> {
    let tallied = state.tally.organizations();
    let asked = state.session.connection().map_or(&[][..], |connection| &connection.organizations);
    let mut names: Vec<_> = asked.iter().map(|(organization, _)| organization).collect();
    names.extend(tallied.iter().map(|(organization, _)| organization));
    names.extend(state.listing.results.keys());
    names.sort_by_cached_key(|organization| organization.as_str().to_ascii_lowercase());
    names.dedup();
    let known = names.into_iter().map(|organization| {
        let counts = tallied.iter().find(|(tallied, _)| tallied == organization);
        Known {
            organization: organization.clone(),
            counts: counts.map(|(_, counts)| *counts).unwrap_or_default(),
            read: state.listing.read.get(organization).copied(),
            result: state.listing.results.get(organization).cloned(),
        }
    });
    known.collect()
}
