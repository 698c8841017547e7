//! A sign-in under way: what was tried, and what the person has to do now. Knows nothing of how
//! it is carried out.

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    effect::{OrderId, SignIn},
    failure::Failure,
    identity::{Step, Tenant, Way},
    state::scroll::Scroll,
    text::Untrusted,
};

/// What a person has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Another way was chosen; what it asks for is not here yet.
    Coming(Way),
    /// Sign in at this address and come back to this port.
    Browser {
        address: Url,
        port: u16,
        ends: DateTime<Utc>,
        /// Whether the browser shows it already, or why not; `None`: not known yet.
        opened: Option<Result<(), Failure>>,
    },
    /// Type the code at the address.
    DeviceCode { code: Untrusted, address: Url, ends: DateTime<Utc>, tenant: Tenant },
}

impl Prompt {
    pub fn address(&self) -> Option<&Url> {
        match self {
            Self::Coming(_) => None,
            Self::Browser { address, .. } | Self::DeviceCode { address, .. } => Some(address),
        }
    }

    pub fn ends(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Coming(_) => None,
            Self::Browser { ends, .. } | Self::DeviceCode { ends, .. } => Some(*ends),
        }
    }
}

/// The sign-in that was ordered last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attempt {
    pub wanted: SignIn,
    /// The order that runs, if one does. What comes of any other means nothing.
    pub order: Option<OrderId>,
    /// The ways that did not do, with the reasons.
    pub skipped: Vec<(Way, Failure)>,
    /// Why Entra cannot be reached now, and since when.
    pub offline: Option<(String, DateTime<Utc>)>,
    /// `None`: nobody is asked for anything.
    pub prompt: Option<Prompt>,
    /// Of the dialog.
    pub scroll: Scroll,
}

impl Attempt {
    pub fn new(order: OrderId, wanted: SignIn) -> Self {
        Self { wanted, order: Some(order), ..Self::default() }
    }

    /// Somebody asked for it, rather than the program as it started.
    pub fn is_asked_for(&self) -> bool {
        self.prompt.is_some() || self.wanted != SignIn::default()
    }

    /// Nobody is waited for any more. What was tried stays to be told.
    pub fn end(&mut self) {
        self.order = None;
        self.prompt = None;
        self.offline = None;
    }

    /// Takes in what was told.
    pub fn take(&mut self, step: Step, now: DateTime<Utc>) {
        let offline = self.offline.take();
        match step {
            Step::Skipped { way, why } => self.skipped.push((way, why)),
            Step::Browser { address, port, ends } => {
                self.prompt = Some(Prompt::Browser { address, port, ends, opened: None });
            }
            Step::Opened(result) => {
                if let Some(Prompt::Browser { opened, .. }) = &mut self.prompt {
                    *opened = Some(result);
                }
            }
            Step::DeviceCode { code, address, ends, tenant } => {
                let code = Untrusted::new(code);
                self.prompt = Some(Prompt::DeviceCode { code, address, ends, tenant });
            }
            Step::Offline { why } => {
                self.offline = Some((why, offline.map_or(now, |(_, since)| since)));
            }
            Step::Online => {}
        }
    }
}
