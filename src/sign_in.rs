//! Where the access token (the bearer) for Azure DevOps comes from: the Azure CLI, the environment,
//! or a value given by tests and the emulator. Nothing here is ever written to disk.

mod azure_cli;
mod environment;

use std::sync::Arc;

use azure_cli::AzureCli;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;

use crate::{
    clock,
    failure::{Failure, FailureKind},
    secret::Bearer,
};

/// The resource id of Azure DevOps in Microsoft Entra ID, the same in every tenant.
const RESOURCE: &str = "499b84ac-1321-427f-aa17-267ca6975798";

/// The variable that holds an access token, for machines without the Azure CLI.
pub const VARIABLE: &str = "AZPAT_ACCESS_TOKEN";

/// A bearer this close to its end is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// A way to sign in, with the bearer it gave last. Clones share that bearer.
#[derive(Clone, Debug)]
pub struct SignIn {
    source: Source,
    last: Arc<Mutex<Option<Lease>>>,
}

#[derive(Clone, Debug)]
enum Source {
    AzureCli(AzureCli),
    Environment,
    Token(Bearer),
}

/// A bearer and when it ends.
#[derive(Clone, Debug)]
struct Lease {
    bearer: Bearer,
    ends: DateTime<Utc>,
}

impl SignIn {
    /// Asks `az account get-access-token`, and again when the token is about to end.
    pub fn azure_cli() -> Self {
        Self::from(Source::AzureCli(AzureCli::from_environment()))
    }

    /// Takes [`VARIABLE`] from the environment.
    pub fn environment() -> Self {
        Self::from(Source::Environment)
    }

    /// Takes this very token: for the emulator and for tests.
    pub fn token(bearer: Bearer) -> Self {
        Self::from(Source::Token(bearer))
    }

    fn from(source: Source) -> Self {
        Self { source, last: Arc::default() }
    }

    /// The bearer to send. Callers at the same time share one run of the Azure CLI.
    pub(crate) async fn bearer(&self) -> Result<Bearer, Failure> {
        match &self.source {
            Source::Token(bearer) => Ok(bearer.clone()),
            Source::Environment => environment::bearer(std::env::var_os(VARIABLE)),
            Source::AzureCli(cli) => {
                let mut last = self.last.lock().await;
                match &*last {
                    Some(lease) if lease.ends - MARGIN > clock::now() => Ok(lease.bearer.clone()),
                    _ => ask(cli, &mut last).await,
                }
            }
        }
    }

    /// Another bearer after the service did not accept this one; `None` if there is no other.
    pub(crate) async fn renew(&self, rejected: &Bearer) -> Result<Option<Bearer>, Failure> {
        let Source::AzureCli(cli) = &self.source else { return Ok(None) };
        let mut last = self.last.lock().await;
        let bearer = match &*last {
            // Another caller has renewed it meanwhile.
            Some(lease) if lease.bearer != *rejected => lease.bearer.clone(),
            _ => ask(cli, &mut last).await?,
        };
        Ok(Some(bearer).filter(|bearer| bearer != rejected))
    }

    /// What a person does to sign in anew, where `tenant` is known from the service's answer.
    pub(crate) fn hint(&self, tenant: Option<&str>) -> String {
        match (&self.source, tenant) {
            (Source::AzureCli(_), Some(tenant)) => {
                format!("run `az login --tenant {tenant}`, then reload")
            }
            (Source::AzureCli(_), None) => "run `az login`, then reload".to_owned(),
            (Source::Environment, _) => {
                format!("put a new Microsoft Entra access token into {VARIABLE} and start again")
            }
            (Source::Token(_), _) => "start again with another access token".to_owned(),
        }
    }
}

async fn ask(cli: &AzureCli, last: &mut Option<Lease>) -> Result<Bearer, Failure> {
    *last = None;
    let lease = cli.lease().await?;
    Ok(last.insert(lease).bearer.clone())
}

/// A failure to sign in; the caller puts in what it was for.
fn failure(why: impl Into<String>, hint: impl Into<String>) -> Failure {
    Failure::new(FailureKind::SignIn, "sign in", why).hint(hint)
}

/// Whether a text can go into a header at all.
fn is_token_text(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}
