//! Where the access token (the bearer) for Azure DevOps comes from: a session of azpat's own, the
//! Azure CLI, the environment, or a value given by tests and the emulator.

mod azure_cli;
mod environment;
mod lease;
mod session;
mod ways;

use std::sync::Arc;

use azure_cli::AzureCli;
use lease::Leases;
use session::Session;
use uuid::Uuid;

pub use self::ways::Ways;
use crate::{
    entra::{
        Claims,
        access_token::{self, AccessClaims},
    },
    failure::{Failure, FailureKind},
    identity::{AccountId, Kept, Known, Way},
    pat::Organization,
    secret::Bearer,
};

/// The resource id of Azure DevOps in Microsoft Entra ID, the same in every tenant.
const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// The variable that holds an access token, for machines without the Azure CLI.
pub const VARIABLE: &str = "AZPAT_ACCESS_TOKEN";

/// A way to sign in, with the bearers it gave last. Clones share those.
#[derive(Clone, Debug)]
pub struct SignIn(Source);

#[derive(Clone, Debug)]
enum Source {
    Session(Session),
    AzureCli(AzureCli, Arc<Leases<Option<Uuid>>>),
    Environment,
    Token(Bearer),
}

/// As whom a call is made, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Realm<'a> {
    /// As this account in its own tenant; `None`: as the account that comes first.
    Home(Option<AccountId>),
    /// As a member of the organization, whose tenant is this where it is known: as this account,
    /// or as whichever can.
    Member { organization: &'a Organization, tenant: Option<Uuid>, account: Option<AccountId> },
}

/// A bearer with the account that it was given to, where there can be several: what is begun as
/// one account is not gone on with as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pass {
    pub(crate) bearer: Bearer,
    pub(crate) account: Option<AccountId>,
}

impl From<Bearer> for Pass {
    fn from(bearer: Bearer) -> Self {
        Self { bearer, account: None }
    }
}

impl Realm<'_> {
    fn tenant(self) -> Option<Uuid> {
        match self {
            Self::Home(account) => account.map(|account| account.tenant),
            Self::Member { tenant, .. } => tenant,
        }
    }
}

impl SignIn {
    /// Asks `az account get-access-token`, and again when the token is about to end.
    pub fn azure_cli() -> Self {
        Self(Source::AzureCli(AzureCli::from_environment(), Arc::default()))
    }

    /// Takes [`VARIABLE`] from the environment.
    pub fn environment() -> Self {
        Self(Source::Environment)
    }

    /// Takes this very token: for the emulator and for tests.
    pub fn token(bearer: Bearer) -> Self {
        Self(Source::Token(bearer))
    }

    /// Whether a bearer can be had now, of this tenant where one is given.
    async fn check(&self, tenant: Option<Uuid>) -> Result<(), Failure> {
        match &self.0 {
            Source::AzureCli(cli, _) => cli.lease(tenant).await.map(drop),
            _ => self.bearer(Realm::Home(None)).await.map(drop),
        }
    }

    /// Whether a bearer can be had now, and what it says about itself where it can be read.
    pub(crate) async fn look(&self) -> Result<Option<AccessClaims>, Failure> {
        let pass = self.bearer(Realm::Home(None)).await?;
        Ok(access_token::claims(pass.bearer.expose()))
    }

    /// Whether it matters to which tenant an organization belongs.
    pub(crate) fn knows_tenants(&self) -> bool {
        match &self.0 {
            Source::Session(_) | Source::AzureCli(..) => true,
            // Only a token that can be read can be compared with a tenant.
            Source::Environment => environment::bearer(std::env::var_os(VARIABLE))
                .is_ok_and(|bearer| access_token::tenant(&bearer).is_some()),
            Source::Token(_) => false,
        }
    }

    /// The bearer to send. Callers at the same time share one question for it.
    pub(crate) async fn bearer(&self, realm: Realm<'_>) -> Result<Pass, Failure> {
        match &self.0 {
            Source::Session(session) => session.bearer(realm).await,
            Source::AzureCli(cli, leases) => {
                let tenant = realm.tenant();
                leases.bearer(&tenant, async || cli.lease(tenant).await).await.map(Pass::from)
            }
            Source::Environment => {
                let bearer = environment::bearer(std::env::var_os(VARIABLE))?;
                access_token::misfit(&bearer, realm.tenant()).map_or(Ok(bearer.into()), Err)
            }
            Source::Token(bearer) => Ok(bearer.clone().into()),
        }
    }

    /// Another bearer of the same account after the service did not accept this one, with what the
    /// service asks for; `None` if there is no other.
    pub(crate) async fn renew(
        &self,
        realm: Realm<'_>,
        rejected: &Pass,
        claims: Option<&Claims>,
    ) -> Result<Option<Pass>, Failure> {
        match &self.0 {
            Source::Session(session) => session.renew(realm, rejected, claims).await,
            // `az account get-access-token` takes no claims: only `az login` does.
            Source::AzureCli(..) if claims.is_some() => Ok(None),
            Source::AzureCli(cli, leases) => {
                let tenant = realm.tenant();
                let ask = async || cli.lease(tenant).await;
                let another = leases.another(&tenant, &rejected.bearer, ask).await?;
                Ok(another.map(Pass::from))
            }
            Source::Environment | Source::Token(_) => Ok(None),
        }
    }

    /// Lets another account serve the organization after the service knew this one as no member of
    /// it. False if there is none left, or if it had to be this one.
    pub(crate) fn pass_over(&self, realm: Realm<'_>, rejected: &Pass) -> bool {
        match (&self.0, realm, rejected.account) {
            (
                Source::Session(session),
                Realm::Member { organization, account: None, .. },
                Some(account),
            ) => session.pass_over(realm, organization, account),
            _ => false,
        }
    }

    /// What a person does to sign in anew, where tenant and claims are known from the service.
    pub(crate) fn hint(&self, tenant: Option<&str>, claims: Option<&Claims>) -> String {
        match (&self.0, tenant) {
            (Source::Session(_), Some(tenant)) => {
                format!("sign in again: A on the screen, or `azpat login --tenant {tenant}`")
            }
            (Source::Session(_), None) => {
                "sign in again: A on the screen, or `azpat login`".to_owned()
            }
            (Source::AzureCli(..), tenant) => {
                let tenant = tenant.map(|tenant| format!(" --tenant {tenant}")).unwrap_or_default();
                let claims = claims
                    .map(|claims| format!(" --claims-challenge {}", claims.encoded()))
                    .unwrap_or_default();
                format!("run `az login{tenant}{claims}`, then reload")
            }
            (Source::Environment, _) => {
                format!("put a new Microsoft Entra access token into {VARIABLE} and start again")
            }
            (Source::Token(_), _) => "start again with another access token".to_owned(),
        }
    }

    /// The accounts whose organizations are to be found; `None` stands for the only one there is.
    pub fn accounts(&self) -> Vec<Option<AccountId>> {
        match &self.0 {
            Source::Session(session) => session.accounts().into_iter().map(Some).collect(),
            Source::AzureCli(..) | Source::Environment | Source::Token(_) => vec![None],
        }
    }

    /// Takes up which organizations the accounts are members of: an account that only belongs to
    /// an organization's tenant may get a token there and still be a stranger to it.
    pub(crate) async fn belong(&self, members: &[(AccountId, Vec<Organization>)]) {
        if let Source::Session(session) = &self.0 {
            session.belong(members).await;
        }
    }

    /// What screen and commands show of the accounts.
    pub fn known(&self) -> Vec<Known> {
        let elsewhere = |way| Known {
            identity: None,
            way,
            tenants: Vec::new(),
            organizations: Vec::new(),
            kept: Kept::Elsewhere,
            signed_out: None,
        };
        match &self.0 {
            Source::Session(session) => session.known(),
            Source::AzureCli(..) => vec![elsewhere(Way::AzureCli)],
            Source::Environment => vec![elsewhere(Way::Environment)],
            Source::Token(_) => Vec::new(),
        }
    }
}

/// The version of the Azure CLI, or why it cannot be used.
pub(crate) async fn azure_cli_version() -> Result<String, Failure> {
    AzureCli::from_environment().version().await
}

/// A failure to sign in; the caller puts in what it was for.
fn failure(why: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(FailureKind::SignIn, "sign in", why).hint(hint)
}

/// Whether a text can go into a header at all.
fn is_token_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}
