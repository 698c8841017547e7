//! Organizations, checked against the service before anybody has signed in.

use super::output;
use crate::{
    azure::{Client, Owner, personal},
    config::ServiceSettings,
    connect,
    failure::{Failure, FailureKind},
    pat::Organization,
    sign_in::SignIn,
};

/// The service, asked without a token.
#[derive(Debug)]
pub(super) struct Service(Client);

/// What the service says of an organization.
#[derive(Debug)]
pub(super) enum Checked {
    /// It is there, in these words.
    Good(String),
    /// The service was not reached or is in trouble.
    Unknown(Failure),
}

impl Service {
    pub(super) fn new(settings: &ServiceSettings) -> Result<Self, Failure> {
        Client::new(connect::to_service(settings, SignIn::environment()), |_| ()).map(Self)
    }

    /// Whether azpat can serve this organization; an error if it certainly cannot.
    pub(super) async fn check(&self, organization: &Organization) -> Result<Checked, Failure> {
        match self.0.tenant(organization).await {
            Ok(Owner::Tenant(tenant)) => {
                Ok(Checked::Good(format!("{organization} is there, tenant {tenant}")))
            }
            Ok(Owner::Unknown) => {
                Ok(Checked::Good(format!("{organization} does not say its tenant")))
            }
            Ok(Owner::Personal) => Err(personal(organization)),
            Err(failure) if failure.kind == FailureKind::NotFound => Err(failure),
            Err(failure) => Ok(Checked::Unknown(failure)),
        }
    }

    /// All of them; what could not be checked is told and taken.
    pub(super) async fn check_all(&self, organizations: &[Organization]) -> Result<(), Failure> {
        for organization in organizations {
            match self.check(organization).await? {
                Checked::Good(words) => output::message(words),
                Checked::Unknown(failure) => {
                    output::message(format!("{organization} is not checked: {}", failure.why));
                }
            }
        }
        Ok(())
    }
}
