//! The client of the Azure DevOps PAT Lifecycle Management API, and of the two calls that find a
//! user's organizations. Everything that comes back is either what was asked for or one
//! [`Failure`] in words.

mod anonymous;
mod exchange;
mod gate;
mod hold;
mod host;
mod pats;
mod pause;
mod people;
mod reach;
mod refusal;
mod route;
mod said;
mod tenant;
mod token_error;
mod trial;
mod wire;

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
};

use anonymous::Anonymous;
use chrono::{DateTime, TimeDelta, Utc};
use hold::Hold;
use host::Host;
pub use reach::{Reached, front, reach, route};
pub use route::Route;
pub use tenant::{Owner, personal};
use tokio::sync::{OnceCell, Semaphore};
use url::Url;

pub(crate) use self::{
    anonymous::CHECK_NETWORK,
    exchange::{Effect, Problem},
    pats::Filtered,
    wire::Scopes,
};
pub use crate::transport::Limits;
use crate::{failure::Failure, pat::Organization, sign_in::SignIn};

/// How many requests are under way at the same time, over all organizations.
const IN_FLIGHT: usize = 4;

/// One request that was made, for the log of calls. Never holds a secret, a header or a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub at: DateTime<Utc>,
    pub method: &'static str,
    /// Host and path with the organization; the query without continuation token.
    pub target: String,
    /// `None`: no answer came.
    pub status: Option<u16>,
    pub took: TimeDelta,
    /// Why there was no usable answer, in a few words.
    pub problem: Option<String>,
    pub support_id: Option<String>,
}

/// What a client tells while it works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A request was made.
    Called(Call),
    /// The next attempt waits: the service asked for a pause, or it did not answer.
    Waiting { attempt: String, until: DateTime<Utc>, why: String },
}

/// Which service a client talks to, and as whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base of the PAT API, `https://vssps.dev.azure.com`.
    pub service_url: Url,
    /// Base of profile and organizations, `https://app.vssps.visualstudio.com`.
    pub profile_url: Url,
    /// Of the PAT API, such as `7.1-preview.1`.
    pub api_version: String,
    pub sign_in: SignIn,
}

/// The client. Clones share connections, pauses and the sign-in.
#[derive(Clone)]
pub struct Client(Arc<Inner>, Option<Arc<Hold>>);

struct Inner {
    service: Arc<Host>,
    profile: Arc<Host>,
    /// Where organizations live, which is asked without the access token.
    front: Anonymous,
    /// What is known about who has an organization.
    owners: Mutex<HashMap<Organization, Arc<OnceCell<Owner>>>>,
    api_version: String,
    sign_in: SignIn,
    limits: Limits,
    in_flight: Semaphore,
    /// Milliseconds that the service's clock is ahead.
    skew: AtomicI64,
    observer: Box<dyn Fn(Progress) + Send + Sync>,
}

impl Client {
    /// Checks the addresses; connects to nothing.
    pub fn new(
        settings: Settings,
        observer: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Self, Failure> {
        Self::with_limits(settings, Limits::default(), observer)
    }

    /// The same with other limits, so that tests need not wait.
    pub fn with_limits(
        settings: Settings,
        limits: Limits,
        observer: impl Fn(Progress) + Send + Sync + 'static,
    ) -> Result<Self, Failure> {
        let front = Anonymous::front(&settings.service_url)?;
        let service = Host::new(settings.service_url)?;
        let profile = Host::new(settings.profile_url)?;
        // One host has one set of connections and one pause.
        let profile = if profile.is_same(&service) { Arc::clone(&service) } else { profile };
        let inner = Inner {
            service,
            profile,
            front,
            owners: Mutex::default(),
            api_version: settings.api_version,
            sign_in: settings.sign_in,
            limits,
            in_flight: Semaphore::new(IN_FLIGHT),
            skew: AtomicI64::new(0),
            observer: Box::new(observer),
        };
        Ok(Self(Arc::new(inner), None))
    }

    /// Whether the service runs on this computer, so that nothing real can be touched.
    pub fn is_test_service(&self) -> bool {
        self.0.service.is_loopback()
    }

    /// The service's host, for messages.
    pub fn host(&self) -> String {
        self.0.service.name()
    }

    /// What stands between this computer and the service.
    pub fn route(&self) -> Route {
        self.0.service.route().clone()
    }

    /// How far the service's clock is ahead of this computer's, as last seen.
    pub fn skew(&self) -> TimeDelta {
        TimeDelta::milliseconds(self.0.skew.load(Ordering::Relaxed))
    }

    /// Leaves no copy of an access token in a connection that nobody uses: after a sign-out.
    pub fn hang_up(&self) {
        self.0.service.hang_up();
        self.0.profile.hang_up();
    }

    pub fn sign_in(&self) -> &SignIn {
        &self.0.sign_in
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("host", &self.host()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
