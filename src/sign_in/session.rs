//! A session of azpat's own: accounts that signed in with the user's app registration, each with
//! a refresh token that is kept, and the access tokens that were got with it. One process at a
//! time refreshes, so that none overwrites what another has just stored.

mod memory;
mod refresh;

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use url::Url;
use uuid::Uuid;

use memory::{Memory, key};

use super::{
    Pass, Realm, failure,
    lease::{Lease, Leases},
};
use crate::{
    accounts::{Account, Accounts, Binding},
    clock,
    entra::{Claims, Entra, Grant},
    failure::Failure,
    identity::{AccountId, Kept, Known, Tenant, Way},
    pat::Organization,
    private::{self, Lock},
    token_store::TokenStore,
};

/// How long another process may hold the session before that is told.
const PATIENCE: Duration = Duration::from_secs(5);

/// Clones share everything.
#[derive(Clone, Debug)]
pub(super) struct Session(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    entra: Entra,
    client_id: String,
    authority: Url,
    store: TokenStore,
    folder: PathBuf,
    leases: Leases<(AccountId, Uuid)>,
    memory: Mutex<Memory>,
}

impl Session {
    pub(super) fn new(
        entra: Entra,
        client_id: String,
        authority: Url,
        store: TokenStore,
        folder: PathBuf,
    ) -> Self {
        let (leases, memory) = (Leases::default(), Mutex::default());
        Self(Arc::new(Inner { entra, client_id, authority, store, folder, leases, memory }))
    }

    pub(super) fn entra(&self) -> &Entra {
        &self.0.entra
    }

    /// Reads which accounts have signed in, here or in another process.
    pub(super) fn load(&self) -> Result<(), Failure> {
        if !self.memory().is_unsaved {
            let accounts = Accounts::load(&self.0.folder)?;
            self.memory().accounts = accounts;
        }
        Ok(())
    }

    /// The accounts of this app registration.
    pub(super) fn accounts(&self) -> Vec<AccountId> {
        self.ours().iter().map(|account| account.identity.id).collect()
    }

    pub(super) async fn bearer(&self, realm: Realm<'_>) -> Result<Pass, Failure> {
        let mut refusal = None;
        for (account, tenant) in self.candidates(realm) {
            let ask = async || self.refresh(account, tenant, None).await;
            match self.0.leases.bearer(&(account, tenant), ask).await {
                Ok(bearer) => {
                    self.bind(realm, account, tenant).await;
                    return Ok(Pass { bearer, account: Some(account) });
                }
                Err(failure) if is_sign_in(&failure) => {
                    refusal.get_or_insert(failure);
                }
                Err(failure) => return Err(failure),
            }
        }
        Err(refusal.unwrap_or_else(|| nobody(realm.tenant())))
    }

    pub(super) async fn renew(
        &self,
        realm: Realm<'_>,
        rejected: &Pass,
        claims: Option<&Claims>,
    ) -> Result<Option<Pass>, Failure> {
        let Some(account) = rejected.account else { return Err(nobody(realm.tenant())) };
        let tenant = realm.tenant().unwrap_or(account.tenant);
        let ask = async || self.refresh(account, tenant, claims).await;
        let another = self.0.leases.another(&(account, tenant), &rejected.bearer, ask).await?;
        Ok(another.map(|bearer| Pass { bearer, account: Some(account) }))
    }

    /// What the next sign-in in a tenant has to fulfil.
    pub(super) fn claims(&self, tenant: &Tenant) -> Option<Claims> {
        self.memory().claims(tenant.id()).cloned()
    }

    /// The name that an account is asked to sign in with.
    pub(super) fn username(&self, account: AccountId) -> Option<String> {
        let ours = self.ours();
        let account = ours.iter().find(|known| known.identity.id == account)?;
        Some(account.identity.username.raw().to_owned())
    }

    /// Takes in an account that has just signed in. Where it could not be kept, it holds until
    /// azpat ends.
    pub(super) async fn admit(&self, grant: Grant) -> Result<AccountId, Failure> {
        let lock = self.lock().await?;
        let (id, tenant) = (grant.identity.id, grant.identity.id.tenant);
        let account = Account {
            tenants: [(tenant, id.oid)].into(),
            identity: grant.identity,
            client_id: self.0.client_id.clone(),
            authority: self.0.authority.clone(),
            signed_in: clock::now(),
        };
        if let Some(token) = &grant.refresh {
            let kept = self.0.store.put(&account.entry(), token).await;
            self.memory().kept.insert(id, kept);
        }
        let insert = |accounts: &mut Accounts| {
            accounts.accounts.retain(|known| known.identity.id != id || !self.is_ours(known));
            accounts.accounts.push(account.clone());
        };
        self.change(insert).await;
        drop(lock);
        self.memory().forget(id);
        self.memory().claims.remove(&tenant);
        self.0.leases.forget(|(account, _)| *account == id);
        let lease = Lease::new(grant.bearer, grant.ends);
        self.0.leases.put(&(id, tenant), lease).await;
        Ok(id)
    }

    /// Forgets every copy of an account's session.
    pub(super) async fn sign_out(&self, id: AccountId) -> Result<(), Failure> {
        let lock = self.lock().await?;
        self.0.leases.forget(|(account, _)| *account == id);
        let account = self.ours().into_iter().find(|account| account.identity.id == id);
        if let Some(account) = account {
            self.0.store.delete(&account.entry()).await?;
        }
        self.change(|accounts| {
            accounts.accounts.retain(|known| known.identity.id != id || !self.is_ours(known));
            accounts.bindings.retain(|_, binding| binding.account != Some(id));
        })
        .await;
        drop(lock);
        self.memory().forget(id);
        self.memory().kept.remove(&id);
        Ok(())
    }

    /// Looks whether the sessions are where they are kept.
    pub(super) async fn look(&self) {
        for account in self.ours() {
            let id = account.identity.id;
            match self.0.store.get(&account.entry()).await {
                Ok(Some(_)) => {}
                Ok(None) => drop(self.memory().refuse(id, id.tenant, None, signed_out(&account))),
                Err(failure) => {
                    self.memory().refuse(id, id.tenant, None, failure.clone());
                    self.memory().kept.insert(id, Kept::Memory(failure));
                }
            }
        }
    }

    pub(super) fn known(&self) -> Vec<Known> {
        let memory = self.memory();
        let ours = memory.accounts.accounts.iter().filter(|account| self.is_ours(account));
        ours.map(|account| {
            let id = account.identity.id;
            let others = account.tenants.keys().copied().filter(|tenant| *tenant != id.tenant);
            let bindings = memory.accounts.bindings.iter();
            let served = bindings.filter(|(_, binding)| binding.account == Some(id));
            Known {
                identity: Some(account.identity.clone()),
                way: Way::Kept,
                tenants: [id.tenant].into_iter().chain(others).collect(),
                organizations: served.filter_map(|(name, _)| name.parse().ok()).collect(),
                kept: memory.kept.get(&id).cloned().unwrap_or_else(|| self.0.store.usual()),
                signed_out: memory.signed_out(id).cloned(),
            }
        })
        .collect()
    }

    /// Which account in which tenant may serve, the likeliest first.
    fn candidates(&self, realm: Realm<'_>) -> Vec<(AccountId, Uuid)> {
        let ours = self.ours();
        let at_home = |account: &Account| (account.identity.id, account.identity.id.tenant);
        match realm {
            Realm::Home(Some(id)) => vec![(id, id.tenant)],
            Realm::Member { tenant, account: Some(id), .. } => {
                vec![(id, tenant.unwrap_or(id.tenant))]
            }
            Realm::Home(None) => ours.iter().map(at_home).collect(),
            Realm::Member { organization, tenant: None, account: None } => {
                let memory = self.memory();
                let bound = memory.bound(organization);
                let mut candidates: Vec<_> = ours.iter().map(at_home).collect();
                candidates.sort_by_key(|(id, _)| {
                    (memory.is_stranger(*id, organization), bound != Some(*id))
                });
                candidates
            }
            Realm::Member { organization, tenant: Some(tenant), account: None } => {
                let memory = self.memory();
                let bound = memory.bound(organization);
                let mut candidates: Vec<_> = ours.iter().collect();
                candidates.sort_by_key(|account| {
                    let id = account.identity.id;
                    let is_stranger = memory.is_stranger(id, organization);
                    let is_guest = (id.tenant != tenant, !account.tenants.contains_key(&tenant));
                    (is_stranger, bound != Some(id), is_guest)
                });
                candidates.into_iter().map(|account| (account.identity.id, tenant)).collect()
            }
        }
    }

    /// Takes up which organizations an account is a member of. One that is served by another
    /// member stays with that.
    pub(super) async fn belong(&self, members: &[(AccountId, Vec<Organization>)]) {
        let mut fresh = Vec::new();
        for organization in members.iter().flat_map(|(_, organizations)| organizations) {
            let is_member =
                |id| members.iter().any(|(member, of)| *member == id && of.contains(organization));
            if self.memory().bound(organization).is_some_and(is_member) {
                continue;
            }
            let first = members.iter().find(|(_, of)| of.contains(organization));
            fresh.extend(first.map(|(id, _)| (key(organization), *id)));
        }
        if fresh.is_empty() {
            return;
        }
        self.change(|accounts| {
            for (name, account) in &fresh {
                let binding = Binding { tenant: account.tenant, account: Some(*account) };
                accounts.bindings.insert(name.clone(), binding);
            }
        })
        .await;
    }

    /// Remembers which account serves an organization.
    async fn bind(&self, realm: Realm<'_>, account: AccountId, tenant: Uuid) {
        let Realm::Member { organization, .. } = realm else { return };
        if self.memory().bound(organization) != Some(account) {
            let binding = Binding { tenant, account: Some(account) };
            self.change(|accounts| {
                accounts.bindings.insert(key(organization), binding);
            })
            .await;
        }
    }

    /// Changes the list of accounts, on disk where that can be.
    async fn change(&self, change: impl Fn(&mut Accounts)) {
        let changed = Accounts::change(&self.0.folder, &change).await;
        let mut memory = self.memory();
        memory.is_unsaved = changed.is_err();
        match changed {
            Ok(accounts) => memory.accounts = accounts,
            // Then it holds until azpat ends; where the tokens are kept tells the same.
            Err(_) => change(&mut memory.accounts),
        }
    }

    /// Keeps other processes out. Where nothing can be written, no other process can either.
    async fn lock(&self) -> Result<Option<Lock>, Failure> {
        if private::folder(&self.0.folder).is_err() {
            return Ok(None);
        }
        match Lock::acquire(&self.0.folder.join("session.lock"), PATIENCE).await {
            Ok(lock) => Ok(Some(lock)),
            Err(_) if !private::is_writable(&self.0.folder) => Ok(None),
            Err(held) => Err(held),
        }
    }

    fn ours(&self) -> Vec<Account> {
        let memory = self.memory();
        let all = memory.accounts.accounts.iter();
        all.filter(|account| self.is_ours(account)).cloned().collect()
    }

    /// A session belongs to the app and to the service that gave it.
    fn is_ours(&self, account: &Account) -> bool {
        account.client_id == self.0.client_id
            && account.authority.origin() == self.0.authority.origin()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_sign_in(failure: &Failure) -> bool {
    failure.kind == crate::failure::FailureKind::SignIn
}

fn signed_out(account: &Account) -> Failure {
    failure(
        format!("the session of {} is over", account.identity.username),
        "sign in again: A on the screen, or `azpat login`",
    )
}

fn nobody(tenant: Option<Uuid>) -> Failure {
    let Some(tenant) = tenant else {
        return failure("nobody has signed in yet", "run `azpat login`");
    };
    failure(
        format!("none of your accounts has signed in to the tenant {tenant}"),
        format!("run `azpat login --tenant {tenant}`, or A on the screen"),
    )
}
