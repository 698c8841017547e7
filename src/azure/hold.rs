//! Keeps what belongs together with one account, such as a change and the looks at what became of
//! it: another account sees other tokens, and would take what it does not see for gone.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::Client;
use crate::{
    identity::AccountId,
    pat::Organization,
    sign_in::{Pass, Realm},
};

/// Which account serves an organization, from the first write or answer on.
#[derive(Debug, Default)]
pub(super) struct Hold(Mutex<HashMap<Organization, AccountId>>);

impl Client {
    /// This client for calls that belong together: whoever serves an organization first serves it
    /// in all of them.
    pub(crate) fn as_one(&self) -> Self {
        Self(Arc::clone(&self.0), Some(self.1.clone().unwrap_or_default()))
    }

    /// From now on nobody else serves the organization.
    pub(super) fn hold(&self, realm: Realm<'_>, pass: &Pass) {
        if let (Some(Hold(held)), Realm::Member { organization, .. }, Some(account)) =
            (self.1.as_deref(), realm, pass.account)
        {
            let mut held = held.lock().unwrap_or_else(PoisonError::into_inner);
            held.entry(organization.clone()).or_insert(account);
        }
    }

    /// The account that has to serve the organization, if it has to be one.
    pub(super) fn held(&self, organization: &Organization) -> Option<AccountId> {
        let held = self.1.as_ref()?.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(organization).copied()
    }
}
