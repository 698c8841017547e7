//! A sign-in under way: what was tried, and what the person has to do now. Knows nothing of how
//! it is carried out.

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    effect::SignIn,
    failure::Failure,
    identity::{Step, Way},
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
    DeviceCode { code: Untrusted, address: Url, ends: DateTime<Utc> },
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
    pub is_running: bool,
    /// One was left whose answer is still to come.
    pub is_leaving: bool,
    /// The ways that did not do, with the reasons.
    pub skipped: Vec<(Way, Failure)>,
    /// Why Entra cannot be reached now.
    pub offline: Option<String>,
    /// `None`: nobody is asked for anything.
    pub prompt: Option<Prompt>,
}

impl Attempt {
    pub fn new(wanted: SignIn) -> Self {
        Self { wanted, is_running: true, ..Self::default() }
    }

    /// Somebody asked for it, rather than the program as it started.
    pub fn is_asked_for(&self) -> bool {
        self.prompt.is_some() || self.wanted != SignIn::default()
    }

    /// Nobody is waited for any more. What was tried stays to be told.
    pub fn end(&mut self) {
        self.is_running = false;
        self.prompt = None;
        self.offline = None;
    }

    /// Takes in what was told. What comes after the end of the attempt means nothing.
    pub fn take(&mut self, step: Step) {
        if !self.is_running {
            return;
        }
        let is_offline = matches!(step, Step::Offline { .. });
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
            Step::DeviceCode { code, address, ends } => {
                self.prompt =
                    Some(Prompt::DeviceCode { code: Untrusted::new(code), address, ends });
            }
            Step::Offline { why } => self.offline = Some(why),
        }
        if !is_offline {
            self.offline = None;
        }
    }
}
