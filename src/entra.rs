//! The client of Microsoft Entra ID (v2 endpoints, public client): sign-in by browser or device
//! code, and new access tokens for a refresh token. It touches no disk, no keyring, no browser and
//! no terminal: its caller does. Every answer is checked before it becomes a [`Grant`].

mod aadsts;
pub mod access_token;
mod app;
mod authority;
mod browser;
mod callback;
mod claims;
mod denial;
mod device;
mod errand;
mod grant;
mod id_token;
mod jwt;
mod pace;
mod page;
mod refresh;
mod refusal;

use std::{fmt, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use oauth2::{AuthUrl, ClientId, DeviceAuthorizationUrl, Scope, TokenUrl};
use tokio::sync::OnceCell;
use url::Url;

pub use self::{app::App, authority::Authority, claims::Claims, grant::Grant, refusal::Refused};
use self::{
    errand::{Again, Errand},
    grant::Kind,
    refusal::Context,
};
use crate::{
    failure::Failure,
    identity::{AccountId, Tenant},
    transport,
};

/// Who shall sign in, and where.
#[derive(Clone, Debug)]
pub struct Wish {
    pub tenant: Tenant,
    /// The name to offer on the sign-in page; without it the page lets people choose.
    pub login_hint: Option<String>,
    /// What the service asked for when it rejected an access token.
    pub claims: Option<Claims>,
    /// The account that it must be.
    pub account: Option<AccountId>,
}

/// What is told while a person is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// The page to open; the answer comes to this port of this computer.
    Browser { address: Url, port: u16, ends: DateTime<Utc> },
    /// The code to type at this address.
    DeviceCode { code: String, address: Url, ends: DateTime<Utc> },
    /// Entra cannot be asked right now; it is tried again.
    Offline { why: String },
    /// Entra answers again.
    Online,
}

/// How long and how much a sign-in may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Of each request to Entra.
    pub http: transport::Limits,
    /// For a person in the browser.
    pub browser: Duration,
    /// For the head of one request to the callback.
    pub head: Duration,
    /// The shortest time between two questions whether the device code was typed.
    pub interval: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            http: transport::Limits { most_bytes: 1 << 20, ..transport::Limits::default() },
            browser: Duration::from_mins(5),
            head: Duration::from_secs(10),
            interval: Duration::from_secs(1),
        }
    }
}

/// The client. Clones share its connections.
#[derive(Clone)]
pub struct Entra(Arc<Inner>);

struct Inner {
    authority: Authority,
    app: App,
    limits: Limits,
    http: OnceCell<reqwest::Client>,
}

impl Entra {
    /// Checks the app; connects to nothing.
    pub fn new(authority: Authority, app: App) -> Result<Self, Failure> {
        Self::with_limits(authority, app, Limits::default())
    }

    /// The same with other limits, so that tests need not wait.
    pub fn with_limits(authority: Authority, app: App, limits: Limits) -> Result<Self, Failure> {
        app.check()?;
        Ok(Self(Arc::new(Inner { authority, app, limits, http: OnceCell::new() })))
    }

    /// The OAuth client for the endpoints of a tenant.
    fn oauth(&self, tenant: &Tenant) -> OAuth {
        let address = |endpoint| self.0.authority.endpoint(tenant, endpoint);
        Kind::new(ClientId::new(self.0.app.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(address("authorize")))
            .set_device_authorization_url(DeviceAuthorizationUrl::from_url(address("devicecode")))
            .set_token_uri(TokenUrl::from_url(address("token")))
    }

    fn scopes(&self) -> impl Iterator<Item = Scope> {
        self.0.app.all_scopes().map(|scope| Scope::new(scope.to_owned()))
    }

    fn errand(&self, again: Again) -> Errand<'_> {
        Errand::new(&self.0.authority, &self.0.http, &self.0.limits.http, again)
    }

    fn context<'a>(&'a self, wish: &'a Wish, attempt: &'static str) -> Context<'a> {
        Context { client_id: &self.0.app.client_id, tenant: &wish.tenant, attempt }
    }
}

impl fmt::Debug for Entra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entra").field("authority", &self.0.authority).finish_non_exhaustive()
    }
}

type OAuth = Kind<
    oauth2::EndpointSet,
    oauth2::EndpointSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;
