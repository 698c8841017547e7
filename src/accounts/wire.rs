//! The form of `accounts.json`. Names are in it as they came; only a screen escapes them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::{Account, Accounts, Binding};
use crate::{
    identity::{AccountId, Identity},
    text::Untrusted,
};

/// Goes up when an older azpat would misread the file.
pub(super) const VERSION: u32 = 1;

#[derive(Deserialize, Serialize)]
pub(super) struct Content {
    version: u32,
    accounts: Vec<WireAccount>,
    bindings: BTreeMap<String, WireBinding>,
}

#[derive(Deserialize, Serialize)]
struct WireAccount {
    #[serde(flatten)]
    id: WireId,
    username: String,
    name: String,
    client_id: String,
    authority: Url,
    tenants: BTreeMap<Uuid, Uuid>,
    signed_in: DateTime<Utc>,
}

#[derive(Deserialize, Serialize)]
struct WireBinding {
    tenant: Uuid,
    account: Option<WireId>,
}

#[derive(Deserialize, Serialize)]
struct WireId {
    tenant: Uuid,
    oid: Uuid,
}

impl From<WireId> for AccountId {
    fn from(id: WireId) -> Self {
        Self { tenant: id.tenant, oid: id.oid }
    }
}

impl From<AccountId> for WireId {
    fn from(id: AccountId) -> Self {
        Self { tenant: id.tenant, oid: id.oid }
    }
}

impl From<Content> for Accounts {
    fn from(content: Content) -> Self {
        let binding = |binding: WireBinding| Binding {
            tenant: binding.tenant,
            account: binding.account.map(AccountId::from),
        };
        let bindings = content.bindings.into_iter();
        Self {
            accounts: content.accounts.into_iter().map(Account::from).collect(),
            bindings: bindings.map(|(name, bound)| (name, binding(bound))).collect(),
        }
    }
}

impl From<&Accounts> for Content {
    fn from(accounts: &Accounts) -> Self {
        let binding = |binding: &Binding| WireBinding {
            tenant: binding.tenant,
            account: binding.account.map(WireId::from),
        };
        let bindings = accounts.bindings.iter();
        Self {
            version: VERSION,
            accounts: accounts.accounts.iter().map(WireAccount::from).collect(),
            bindings: bindings.map(|(name, bound)| (name.clone(), binding(bound))).collect(),
        }
    }
}

impl From<WireAccount> for Account {
    fn from(account: WireAccount) -> Self {
        Self {
            identity: Identity {
                id: account.id.into(),
                username: Untrusted::new(account.username),
                name: Untrusted::new(account.name),
            },
            client_id: account.client_id,
            authority: account.authority,
            tenants: account.tenants,
            signed_in: account.signed_in,
        }
    }
}

impl From<&Account> for WireAccount {
    fn from(account: &Account) -> Self {
        Self {
            id: account.identity.id.into(),
            username: account.identity.username.raw().to_owned(),
            name: account.identity.name.raw().to_owned(),
            client_id: account.client_id.clone(),
            authority: account.authority.clone(),
            tenants: account.tenants.clone(),
            signed_in: account.signed_in,
        }
    }
}
