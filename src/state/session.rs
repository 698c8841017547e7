//! Whom azpat talks to, and how the listing of tokens goes.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    effect::OrderId,
    event::Connection,
    failure::{Failure, FailureKind},
    identity::Known,
    operations::Completeness,
    pat::Organization,
};

/// Registers an app that azpat can sign in with, for whoever has the Azure CLI. Prints its id.
pub const REGISTER: &str = "az ad app create --display-name azpat --public-client-redirect-uris \
                            http://localhost --is-fallback-public-client true --query appId -o tsv";

/// Lets the app read the profile: Azure DevOps, delegated vso.profile. The ids of the others differ
/// from tenant to tenant, so they are added in the portal.
pub const PERMIT: &str = "az ad app permission add --id APP_ID --api \
                          499b84ac-1321-427f-aa17-267ca6975798 --api-permissions \
                          4ee63f9b-9e65-476c-a487-9fea1e00c7ef=Scope";

/// The way to the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Session {
    /// No configuration was found.
    Missing,
    Connecting,
    Connected(Connection),
    Failed(Failure),
}

impl Session {
    pub fn connection(&self) -> Option<&Connection> {
        match self {
            Self::Connected(connection) => Some(connection),
            Self::Missing | Self::Connecting | Self::Failed(_) => None,
        }
    }

    pub fn accounts(&self) -> &[Known] {
        self.connection().map_or(&[], |connection| &connection.accounts)
    }

    /// Whether the tokens of this organization are read.
    pub fn has(&self, organization: &Organization) -> bool {
        let mut known = self.connection().into_iter().flat_map(|it| &it.organizations);
        known.any(|(known, _)| known == organization)
    }

    /// The organization with this id, where it is known.
    pub fn organization(&self, id: Uuid) -> Option<&Organization> {
        let mut known = self.connection()?.organizations.iter();
        known.find(|(_, known)| *known == Some(id)).map(|(organization, _)| organization)
    }
}

/// Reading the lists of all organizations, now and the last time.
#[derive(Debug, Default)]
pub struct Listing {
    /// The order that runs, if one does.
    pub running: Option<OrderId>,
    /// Asked for while one ran: another follows.
    pub again: bool,
    /// How the last listing of each organization ended.
    pub results: HashMap<Organization, Result<Completeness, Failure>>,
    /// When each organization's tokens were last read.
    pub read: HashMap<Organization, DateTime<Utc>>,
    /// When all of it was last read without a failure.
    pub fresh: Option<DateTime<Utc>>,
    /// When the last listing ended, well or not.
    pub ended: Option<DateTime<Utc>>,
}

impl Listing {
    /// The organizations whose tokens could not be read, with the reason.
    pub fn failures(&self) -> impl Iterator<Item = (&Organization, &Failure)> {
        self.results.iter().filter_map(|(name, result)| Some((name, result.as_ref().err()?)))
    }

    /// What is shown may not be what is there.
    pub fn is_stale(&self) -> bool {
        self.failures().next().is_some()
    }

    /// Whether a list could not be read because an account has to sign in again.
    pub fn wants_sign_in(&self) -> bool {
        self.failures().any(|(_, failure)| failure.kind == FailureKind::SignIn)
    }

    /// The organizations whose list ended early.
    pub fn incomplete(&self) -> impl Iterator<Item = &Organization> {
        let early = |result: &Result<Completeness, Failure>| {
            matches!(result, Ok(Completeness::Incomplete(_)))
        };
        self.results.iter().filter(move |(_, result)| early(result)).map(|(name, _)| name)
    }
}
