//! Who signed in: a person's account in a tenant of Microsoft Entra ID, and the names by which
//! accounts and tenants are told apart. Plain data; holds no secret.

use std::{fmt, path::PathBuf, str::FromStr};

use chrono::{DateTime, Utc};
use url::Url;
use uuid::Uuid;

use crate::{failure::Failure, pat::Organization, text::Untrusted};

/// The tenant of personal Microsoft accounts.
pub const PERSONAL: Uuid = Uuid::from_u128(0x9188040d_6c67_4c5b_b112_36a304b66dad);

/// Names an account: the same person has another one in each tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId {
    /// `tid` of the id token.
    pub tenant: Uuid,
    /// `oid` of the id token.
    pub oid: Uuid,
}

/// `oid.tid`, as Microsoft's own tools write it.
impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.oid, self.tenant)
    }
}

/// An account as its id token describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    pub id: AccountId,
    /// `preferred_username`, usually an address; may be empty.
    pub username: Untrusted,
    /// `name`; may be empty.
    pub name: Untrusted,
}

impl Identity {
    /// What people know it by.
    pub fn shown(&self) -> &Untrusted {
        if self.username.raw().is_empty() { &self.name } else { &self.username }
    }
}

/// Where to sign in: the tenant segment of Entra's addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Tenant {
    /// Any work or school account.
    Organizations,
    Id(Uuid),
    /// A verified domain of the tenant, such as `contoso.com`.
    Domain(String),
}

impl Tenant {
    /// The id, where it is known.
    pub fn id(&self) -> Option<Uuid> {
        match self {
            Self::Id(id) => Some(*id),
            Self::Organizations | Self::Domain(_) => None,
        }
    }

    /// For people, who are told where they sign in.
    pub fn in_words(&self) -> String {
        match self {
            Self::Organizations => "your organization's tenant".to_owned(),
            Self::Id(id) => format!("the tenant {id}"),
            Self::Domain(domain) => domain.clone(),
        }
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Organizations => f.write_str("organizations"),
            Self::Id(id) => id.fmt(f),
            Self::Domain(domain) => f.write_str(domain),
        }
    }
}

impl FromStr for Tenant {
    type Err = String;

    /// Takes `organizations`, `common` (which means the same here), an id or a domain.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.to_ascii_lowercase();
        if matches!(text.as_str(), "organizations" | "common") {
            return Ok(Self::Organizations);
        }
        if let Ok(id) = Uuid::try_parse(&text) {
            return Ok(Self::Id(id));
        }
        let is_label = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        if text.len() <= 253 && text.contains('.') && text.split('.').all(is_label) {
            return Ok(Self::Domain(text));
        }
        Err("must be a tenant's id, its domain such as contoso.com, or organizations".to_owned())
    }
}

/// A way to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// The session that is kept from the last time.
    Kept,
    AzureCli,
    Browser,
    DeviceCode,
    /// The variable `AZPAT_ACCESS_TOKEN`.
    Environment,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kept => "the kept session",
            Self::AzureCli => "the Azure CLI",
            Self::Browser => "the browser",
            Self::DeviceCode => "a device code",
            Self::Environment => "AZPAT_ACCESS_TOKEN",
        })
    }
}

/// What is told while a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A way that did not do, with the reason.
    Skipped { way: Way, why: Failure },
    /// The browser is to show this address and then come back to this port of this computer.
    Browser { address: Url, port: u16, ends: DateTime<Utc> },
    /// The browser was asked to open the address, or why it could not be.
    Opened(Result<(), Failure>),
    /// The code is to be typed at this address, on any device. It signs in to this tenant.
    DeviceCode { code: String, address: Url, ends: DateTime<Utc>, tenant: Tenant },
    /// Entra cannot be reached now; azpat keeps trying.
    Offline { why: String },
    /// Entra answers again.
    Online,
}

/// An account that azpat knows, as screen and commands show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// `None`: whoever the Azure CLI or the environment stands for.
    pub identity: Option<Identity>,
    pub way: Way,
    /// The tenants in which it gets tokens, its own first.
    pub tenants: Vec<Uuid>,
    /// The organizations that it serves.
    pub organizations: Vec<Organization>,
    pub kept: Kept,
    /// Why it has to sign in again; `None`: it is signed in.
    pub signed_out: Option<Failure>,
}

/// Where an account's session is kept between runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    Keyring,
    File(PathBuf),
    /// Only until azpat ends, with the reason.
    Memory(Failure),
    /// Somebody else keeps it: the Azure CLI, the environment.
    Elsewhere,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_ids_domains_or_all_of_them() {
        assert_eq!("Common".parse(), Ok(Tenant::Organizations));
        assert_eq!(PERSONAL.to_string().parse(), Ok(Tenant::Id(PERSONAL)));
        assert_eq!("Contoso.COM".parse(), Ok(Tenant::Domain("contoso.com".to_owned())));
        for wrong in ["", "contoso", "a/b.c", "con toso.com", ".com", "a..b", "a.b?", "consumers"] {
            assert!(wrong.parse::<Tenant>().is_err(), "{wrong}");
        }
    }
}
