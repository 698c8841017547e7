//! What Entra ID remembers while it runs: codes, tokens and sign-ins on other devices. It decides nothing about people
//! and speaks no HTTP; a restart forgets all.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::denial::Denial;
use super::directory::Authority;
use super::report::{DeviceRecord, DeviceState, EntraReport};
use super::scope::Scopes;
use crate::emulator::world::letters;

/// What an application was allowed.
#[derive(Debug, Clone)]
pub(super) struct Consent {
    pub(super) client: Uuid,
    pub(super) scopes: Scopes,
    pub(super) nonce: Option<String>,
    /// The `claims` that were asked for.
    pub(super) claims: Option<String>,
}

/// A code that a browser carried to the application.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) consent: Consent,
    pub(super) username: String,
    pub(super) tenant: Uuid,
    pub(super) redirect: String,
    pub(super) challenge: String,
    pub(super) expires: DateTime<Utc>,
}

/// A refresh token, good for one person and one application in all tenants.
#[derive(Debug, Clone)]
pub(super) struct Refresh {
    pub(super) username: String,
    pub(super) consent: Consent,
    pub(super) expires: DateTime<Utc>,
    pub(super) state: RefreshState,
}

/// What has become of a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RefreshState {
    Fresh,
    Used,
    Revoked,
}

/// An access token, as Azure DevOps needs to know it.
#[derive(Debug, Clone)]
pub(crate) struct Access {
    pub(crate) username: String,
    pub(crate) oid: Uuid,
    pub(crate) tenant: Uuid,
    pub(crate) permissions: Vec<String>,
    pub(crate) claims: Option<String>,
    pub(crate) expires: DateTime<Utc>,
}

/// A sign-in on another device.
#[derive(Debug, Clone)]
pub(super) struct Device {
    pub(super) user_code: String,
    pub(super) consent: Consent,
    pub(super) authority: Authority,
    pub(super) expires: DateTime<Utc>,
    pub(super) polls: u32,
    pub(super) state: DeviceState,
    /// Who accepted, and where.
    pub(super) accepted: Option<(String, Uuid)>,
}

/// Everything that was issued.
#[derive(Default)]
pub(crate) struct Store {
    /// The flag tells whether it was used.
    codes: HashMap<String, (Code, bool)>,
    refresh: HashMap<String, Refresh>,
    access: HashMap<String, Access>,
    devices: BTreeMap<String, Device>,
    report: EntraReport,
    /// What came with codes to prove who asked for them.
    verifiers: Vec<String>,
}

impl Store {
    pub(super) fn add_code(&mut self, code: Code) -> String {
        let text = format!("1.AVYA.{}", letters(160));
        self.codes.insert(text.clone(), (code, false));
        text
    }

    /// The code, if it can still be redeemed.
    pub(super) fn code(&self, text: &str, now: DateTime<Utc>) -> Result<Code, Denial> {
        match self.codes.get(text) {
            None => Err(Denial::of(70000)),
            Some((_, true)) => Err(Denial::of(54005)),
            Some((code, _)) if code.expires <= now => Err(Denial::of(70008)),
            Some((code, _)) => Ok(code.clone()),
        }
    }

    /// Uses a code up; two that come at the same time cannot both succeed.
    pub(super) fn use_code(&mut self, text: &str) -> Result<(), Denial> {
        match self.codes.get_mut(text) {
            Some((_, used)) if !*used => {
                *used = true;
                Ok(())
            }
            _ => Err(Denial::of(54005)),
        }
    }

    pub(super) fn add_refresh(&mut self, refresh: Refresh) -> String {
        let text = format!("1.AVYA.{}", letters(480));
        self.refresh.insert(text.clone(), refresh);
        self.report.refresh_tokens_issued += 1;
        text
    }

    /// The refresh token, if it is good for this application. A `strict` service takes each only once.
    pub(super) fn refresh(
        &self,
        text: &str,
        (client, strict): (Uuid, bool),
        now: DateTime<Utc>,
    ) -> Result<Refresh, Denial> {
        let known = self.refresh.get(text).filter(|refresh| refresh.consent.client == client);
        let refresh = known.ok_or_else(|| Denial::of(70000))?;
        match refresh.state {
            RefreshState::Revoked => Err(Denial::of(50173)),
            RefreshState::Used if strict => Err(Denial::of(70008)),
            _ if refresh.expires <= now => Err(Denial::of(700_082)),
            _ => Ok(refresh.clone()),
        }
    }

    /// The same, and it counts as used from now on; of two that come at the same time a strict service takes one.
    pub(super) fn use_refresh(
        &mut self,
        text: &str,
        terms: (Uuid, bool),
        now: DateTime<Utc>,
    ) -> Result<(), Denial> {
        self.refresh(text, terms, now)?;
        if let Some(refresh) = self.refresh.get_mut(text) {
            refresh.state = RefreshState::Used;
        }
        Ok(())
    }

    /// Revokes all refresh tokens of a person and gives their number.
    pub(crate) fn revoke(&mut self, username: &str) -> usize {
        let own = self.refresh.values_mut().filter(|refresh| {
            refresh.username.eq_ignore_ascii_case(username)
                && refresh.state != RefreshState::Revoked
        });
        own.map(|refresh| refresh.state = RefreshState::Revoked).count()
    }

    pub(super) fn add_access(&mut self, text: &str, access: Access) {
        self.access.insert(text.to_owned(), access);
        self.report.access_tokens_issued += 1;
    }

    pub(crate) fn access(&self, text: &str) -> Option<&Access> {
        self.access.get(text)
    }

    pub(super) fn add_device(&mut self, device: Device) -> String {
        let text = format!("GAQABAAEAAAD{}", letters(140));
        self.devices.insert(text.clone(), device);
        text
    }

    pub(super) fn device(&mut self, text: &str) -> Option<&mut Device> {
        self.devices.get_mut(text)
    }

    /// The sign-in that shows this code.
    pub(super) fn shown(&mut self, user_code: &str) -> Option<&mut Device> {
        let plain = |code: &str| {
            let letters = code.chars().filter(char::is_ascii_alphanumeric);
            letters.map(|c| c.to_ascii_uppercase()).collect::<String>()
        };
        let wanted = plain(user_code);
        self.devices.values_mut().find(|device| device.user_code == wanted)
    }

    pub(super) fn note_verifier(&mut self, verifier: &str) {
        self.verifiers.push(verifier.to_owned());
    }

    /// Every secret that was issued or sent, with its kind.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, String)> {
        fn all<V>(kind: &'static str, of: &HashMap<String, V>) -> Vec<(&'static str, String)> {
            of.keys().map(|text| (kind, text.clone())).collect()
        }
        let mut secrets = all("code", &self.codes);
        secrets.extend(all("refresh token", &self.refresh));
        secrets.extend(all("access token", &self.access));
        secrets.extend(self.devices.keys().map(|text| ("device code", text.clone())));
        secrets.extend(self.verifiers.iter().map(|text| ("verifier", text.clone())));
        secrets
    }

    pub(super) fn report_mut(&mut self) -> &mut EntraReport {
        &mut self.report
    }

    /// The counts, and what is alive at this moment.
    pub(crate) fn report(&self, strict: bool, now: DateTime<Utc>) -> EntraReport {
        let is_live = |refresh: &&Refresh| match refresh.state {
            RefreshState::Revoked => false,
            RefreshState::Used if strict => false,
            _ => refresh.expires > now,
        };
        let device = |device: &Device| DeviceRecord {
            user_code: device.user_code.clone(),
            state: device.state,
            polls: device.polls,
        };
        EntraReport {
            refresh_tokens_live: self.refresh.values().filter(is_live).count(),
            devices: self.devices.values().map(device).collect(),
            ..self.report.clone()
        }
    }
}
