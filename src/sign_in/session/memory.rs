//! What a session knows while azpat runs.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::{
    accounts::Accounts,
    entra::Claims,
    failure::{Failure, FailureKind},
    identity::{AccountId, Kept},
    pat::Organization,
    secret::RefreshToken,
};

#[derive(Debug, Default)]
pub(super) struct Memory {
    pub(super) accounts: Accounts,
    /// They could not be written, so what the disk has is older.
    pub(super) is_unsaved: bool,
    /// Where the refresh token of an account really is.
    pub(super) kept: HashMap<AccountId, Kept>,
    /// What Entra refused, and for which refresh token: it is not asked again with the same one.
    refused: HashMap<(AccountId, Uuid), (Option<RefreshToken>, Failure)>,
    /// What the next sign-in in a tenant has to fulfil.
    pub(super) claims: HashMap<Uuid, Box<Claims>>,
    /// Who is no member of which organization.
    strangers: HashSet<(AccountId, String)>,
}

impl Memory {
    /// Remembers a refusal, and gives it back.
    pub(super) fn refuse(
        &mut self,
        id: AccountId,
        tenant: Uuid,
        token: Option<RefreshToken>,
        failure: Failure,
    ) -> Failure {
        self.refused.insert((id, tenant), (token, failure.clone()));
        failure
    }

    /// Why this refresh token is of no use in this tenant.
    pub(super) fn refusal(
        &self,
        id: AccountId,
        tenant: Uuid,
        token: &RefreshToken,
    ) -> Option<Failure> {
        let (refused, failure) = self.refused.get(&(id, tenant))?;
        (refused.as_ref() == Some(token)).then(|| failure.clone())
    }

    /// Why an account has to sign in again.
    pub(super) fn signed_out(&self, id: AccountId) -> Option<&Failure> {
        self.refused.get(&(id, id.tenant)).map(|(_, failure)| failure)
    }

    /// Why what was kept of an account could not be read, or could not be kept at all: a file that
    /// makes no sense is moved away, and then it only looks as if there never was one.
    pub(super) fn unread(&self, id: AccountId) -> Option<Failure> {
        let Kept::Memory(failure) = self.kept.get(&id)? else { return None };
        let hint = failure.hint.as_deref().unwrap_or("sign in again");
        Some(Failure::new(FailureKind::SignIn, "sign in", failure.to_string()).hint(hint))
    }

    /// Whether Entra refused an account in a tenant, and nothing better is known since.
    pub(super) fn is_refused(&self, id: AccountId, tenant: Uuid) -> bool {
        self.refused.contains_key(&(id, tenant))
    }

    /// What the next sign-in has to fulfil; without a tenant, where only one wants something.
    pub(super) fn claims(&self, tenant: Option<Uuid>) -> Option<&Claims> {
        let claims = match tenant {
            Some(tenant) => self.claims.get(&tenant),
            None if self.claims.len() == 1 => self.claims.values().next(),
            None => None,
        };
        claims.map(|claims| &**claims)
    }

    pub(super) fn accept(&mut self, id: AccountId, tenant: Uuid) {
        self.refused.remove(&(id, tenant));
    }

    /// Forgets what was refused to an account, after it signed in or out.
    pub(super) fn forget(&mut self, id: AccountId) {
        self.refused.retain(|(account, _), _| *account != id);
        self.strangers.retain(|(account, _)| *account != id);
    }

    /// Remembers that an account is no member of an organization.
    pub(super) fn estrange(&mut self, id: AccountId, organization: &Organization) {
        self.strangers.insert((id, key(organization)));
    }

    pub(super) fn is_stranger(&self, id: AccountId, organization: &Organization) -> bool {
        self.strangers.contains(&(id, key(organization)))
    }

    /// Forgets who is no member of an organization, so that all are tried again.
    pub(super) fn reconcile(&mut self, organization: &Organization) {
        let name = key(organization);
        self.strangers.retain(|(_, of)| *of != name);
    }

    /// The account that serves an organization.
    pub(super) fn bound(&self, organization: &Organization) -> Option<AccountId> {
        self.accounts.bindings.get(&key(organization))?.account
    }
}

/// Names of organizations do not tell capitals.
pub(super) fn key(organization: &Organization) -> String {
    organization.as_str().to_ascii_lowercase()
}
