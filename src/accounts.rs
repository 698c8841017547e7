//! The accounts that are signed in, and which of them serves which organization. Holds no secret;
//! kept in `accounts.json`, which processes change one after the other.

mod wire;

use std::{collections::BTreeMap, path::Path, time::Duration};

use chrono::{DateTime, Utc};
use url::Url;
use uuid::Uuid;

use self::wire::Content;
use crate::{
    failure::Failure,
    identity::{AccountId, Identity},
    private::{self, Document},
};

/// A change is a matter of milliseconds, so whoever holds the lock this long hangs.
const LIMIT: Duration = Duration::from_secs(5);

/// An account that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub identity: Identity,
    /// The application that signed in.
    pub client_id: String,
    /// Where it signed in.
    pub authority: Url,
    /// The tenants in which it got a token, with its oid there.
    pub tenants: BTreeMap<Uuid, Uuid>,
    pub signed_in: DateTime<Utc>,
}

impl Account {
    /// As whom it signs in to a tenant; `None`: it was never there, or nobody can tell.
    pub fn in_tenant(&self, tenant: Uuid) -> Option<AccountId> {
        if tenant == self.identity.id.tenant {
            return Some(self.identity.id);
        }
        // The same person is another account there.
        self.tenants.get(&tenant).map(|oid| AccountId { tenant, oid: *oid })
    }

    /// The name of its refresh token in the token store.
    pub fn entry(&self) -> String {
        format!("{}/{}", self.client_id, self.identity.id)
    }
}

/// How an organization is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub tenant: Uuid,
    /// The account that serves it, if one does.
    pub account: Option<AccountId>,
}

/// All accounts and bindings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    pub accounts: Vec<Account>,
    /// By the organization's name in lower case.
    pub bindings: BTreeMap<String, Binding>,
}

impl Accounts {
    /// Those kept in this folder; none if there is no file. A file that makes no sense is kept
    /// aside and told once, and then there are none.
    pub fn load(folder: &Path) -> Result<Self, Failure> {
        if folder.symlink_metadata().is_err() {
            return Ok(Self::default());
        }
        private::folder(folder)?;
        let content: Option<Content> = document(folder).load()?;
        Ok(content.map(Self::from).unwrap_or_default())
    }

    /// Changes what is kept, as one step among all processes, and returns it.
    pub async fn change(folder: &Path, change: impl FnOnce(&mut Self)) -> Result<Self, Failure> {
        let document = document(folder);
        let lock = document.lock(LIMIT).await?;
        let content: Option<Content> = document.load_locked(&lock)?;
        let mut accounts = content.map(Self::from).unwrap_or_default();
        change(&mut accounts);
        document.save(&lock, &Content::from(&accounts))?;
        Ok(accounts)
    }
}

fn document(folder: &Path) -> Document {
    Document::new(folder.join("accounts.json"), wire::VERSION, "sign in again")
}

#[cfg(test)]
mod tests;
