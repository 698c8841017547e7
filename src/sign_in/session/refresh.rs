//! New access tokens for a session, and what follows from a refusal.

use uuid::Uuid;

use super::{Session, is_sign_in, nobody, signed_out};
use crate::{
    accounts::{Account, Accounts},
    entra::{Claims, Grant, Refused, Wish},
    failure::Failure,
    identity::{AccountId, Kept, Tenant},
    pat::Organization,
    secret::RefreshToken,
    sign_in::{Realm, lease::Lease},
};

impl Session {
    /// Gets a new access token. The newest refresh token is read anew, since another process may
    /// have stored it meanwhile.
    pub(super) async fn refresh(
        &self,
        id: AccountId,
        tenant: Uuid,
        claims: Option<&Claims>,
    ) -> Result<Lease, Failure> {
        let lock = self.lock().await?;
        let ours = self.ours();
        let account = ours.iter().find(|account| account.identity.id == id);
        let account = account.ok_or_else(|| nobody(Some(tenant)))?;
        let token = self.0.store.get(&account.entry()).await;
        let token = token.inspect_err(|failure| {
            self.memory().kept.insert(id, Kept::Memory(failure.clone()));
        });
        let token = match token {
            Ok(Some(token)) => token,
            Ok(None) => {
                // What ended it says more than that it is gone.
                let known = self.memory().signed_out(id).cloned();
                let known = known.or_else(|| self.memory().unread(id));
                let why = known.unwrap_or_else(|| signed_out(account));
                return Err(self.memory().refuse(id, tenant, None, why));
            }
            Err(failure) => return Err(failure),
        };
        if let Some(failure) = self.memory().refusal(id, tenant, &token) {
            return Err(failure);
        }
        let wish = Wish {
            tenant: Tenant::Id(tenant),
            login_hint: None,
            claims: claims.cloned(),
            account: account.in_tenant(tenant),
        };
        match self.0.entra.refresh(&wish, &token).await {
            Ok(grant) => {
                if let Some(new) = &grant.refresh {
                    let kept = self.0.store.put(&account.entry(), new).await;
                    self.memory().kept.insert(id, kept);
                }
                if !account.tenants.contains_key(&tenant) {
                    self.change(|accounts| add_tenant(accounts, id, tenant, &grant)).await;
                }
                drop(lock);
                self.memory().accept(id, tenant);
                Ok(Lease::new(grant.bearer, grant.ends))
            }
            Err(refused) => {
                let asked = refused.claims.or_else(|| claims.cloned().map(Box::new));
                let refused = Refused { claims: asked, ..refused };
                Err(self.refuse(account, tenant, token, refused).await)
            }
        }
    }

    /// Passes over an account that is no member of the organization. False if nobody else is left;
    /// then the next call begins with all of them again.
    pub(in crate::sign_in) fn pass_over(
        &self,
        realm: Realm<'_>,
        organization: &Organization,
        account: AccountId,
    ) -> bool {
        let candidates = self.candidates(realm);
        let mut memory = self.memory();
        memory.estrange(account, organization);
        let is_left = candidates.iter().any(|(id, tenant)| {
            !memory.is_refused(*id, *tenant) && !memory.is_stranger(*id, organization)
        });
        if !is_left {
            memory.reconcile(organization);
        }
        is_left
    }

    /// Notes a refusal. A session that has ended in the account's own tenant is over everywhere.
    async fn refuse(
        &self,
        account: &Account,
        tenant: Uuid,
        token: RefreshToken,
        refused: Refused,
    ) -> Failure {
        let id = account.identity.id;
        if !is_sign_in(&refused.failure) {
            return refused.failure;
        }
        if let Some(claims) = refused.claims {
            self.memory().claims.insert(tenant, claims);
        }
        if refused.ends_session && tenant == id.tenant {
            self.0.leases.forget(|(account, of)| *account == id && *of != tenant);
            // What cannot be deleted now is of no use to anybody any more.
            self.0.store.discard(&account.entry(), &token).await.ok();
        }
        self.memory().refuse(id, tenant, Some(token), refused.failure)
    }
}

fn add_tenant(accounts: &mut Accounts, id: AccountId, tenant: Uuid, grant: &Grant) {
    for account in accounts.accounts.iter_mut().filter(|account| account.identity.id == id) {
        account.tenants.insert(tenant, grant.identity.id.oid);
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{
        clock,
        entra::{App, Authority, Entra},
        identity::Identity,
        secret::Bearer,
        sign_in::Pass,
        text::Untrusted,
        token_store::{Choice, TokenStore},
    };

    /// Also where that account has got a newer one meanwhile, for another call.
    #[tokio::test]
    async fn a_bearer_is_renewed_for_the_account_that_has_it() {
        let url: url::Url = "https://login.microsoftonline.com/organizations".parse().unwrap();
        let client_id = Uuid::from_u128(1).to_string();
        let app = App { client_id: client_id.clone(), scopes: App::default_scopes() };
        let entra = Entra::new(Authority::parse(&url).unwrap().0, app).unwrap();
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state");
        let store = TokenStore::new(Choice::File, folder.clone());
        let session = Session::new(entra, client_id, url, store, folder);
        let tenant = Uuid::from_u128(2);
        let both = [3, 4].map(|oid| (AccountId { tenant, oid: Uuid::from_u128(oid) }, tenant));
        for (candidate, text) in both.iter().zip(["first", "second"]) {
            let lease = Lease::new(Bearer::new(text), clock::now() + TimeDelta::hours(1));
            session.0.leases.put(candidate, lease).await;
            let name = Untrusted::new(text);
            session.memory().accounts.accounts.push(Account {
                identity: Identity { id: candidate.0, username: name.clone(), name },
                tenants: [(tenant, candidate.0.oid)].into(),
                client_id: session.0.client_id.clone(),
                authority: session.0.authority.clone(),
                signed_in: clock::now(),
            });
        }
        let organization: Organization = "contoso".parse().unwrap();
        let realm =
            Realm::Member { organization: &organization, tenant: Some(tenant), account: None };
        for ((account, _), text) in both.iter().zip(["first", "second"]) {
            let pass = |text| Pass { bearer: Bearer::new(text), account: Some(*account) };
            let renewed = session.renew(realm, &pass("older"), None).await;
            assert_eq!(renewed, Ok(Some(pass(text))));
        }
    }
}
