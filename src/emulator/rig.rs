//! The moving parts behind the settings: how often a fault has struck, which requests came, what is still under way.
//! It decides which fault hits a request, and does nothing to the request itself.

use std::collections::VecDeque;

use uuid::Uuid;

use super::control::Seen;
use super::entra::{Endpoint, NextError};
use super::fault::{Fault, Operation};
use super::settings::{Settings, SignIn};

/// How many requests are remembered.
const MEMORY: usize = 10_000;

/// How far one fault has come.
struct Wear {
    met: u32,
    struck: u32,
    dice: fastrand::Rng,
}

/// A revocation that was lost and takes effect later.
struct Late {
    id: Uuid,
    lists_left: u32,
}

/// Settings and all that counts along with them.
#[derive(Default)]
pub(super) struct Rig {
    settings: Settings,
    wear: Vec<Wear>,
    blocked: u32,
    signed: u32,
    late: Vec<Late>,
    requests: VecDeque<Seen>,
    forgotten: u64,
    in_flight: usize,
    peak: usize,
}

/// What throttling does to a request.
pub(super) enum Throttling {
    Free,
    /// Answered, with headers that warn.
    Warned,
    Blocked,
}

impl Rig {
    pub(super) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Replaces all settings and starts every counter afresh.
    pub(super) fn set(&mut self, settings: Settings) {
        self.settings = settings;
        (self.blocked, self.signed) = (0, 0);
        self.renew_faults();
    }

    /// Replaces the settings; only the counters of the parts that are named start afresh.
    pub(super) fn merge<'a>(
        &mut self,
        settings: Settings,
        named: impl Iterator<Item = &'a String>,
    ) {
        self.settings = settings;
        for part in named {
            match part.as_str() {
                "faults" => self.renew_faults(),
                "throttle" => self.blocked = 0,
                "sign_in" | "sign_in_after" => self.signed = 0,
                _ => {}
            }
        }
    }

    fn renew_faults(&mut self) {
        let fresh =
            |fault: &Fault| Wear { met: 0, struck: 0, dice: fastrand::Rng::with_seed(fault.seed) };
        self.wear = self.settings.faults.iter().map(fresh).collect();
    }

    /// The fault that hits this request, if any. Counts the request.
    pub(super) fn strike(&mut self, operation: Operation) -> Option<Fault> {
        for (fault, wear) in self.settings.faults.iter().zip(&mut self.wear) {
            if !fault.fits(operation) {
                continue;
            }
            wear.met = wear.met.saturating_add(1);
            let ready =
                wear.met > fault.skip && fault.times.is_none_or(|times| wear.struck < times);
            if ready && fault.probability.is_none_or(|chance| wear.dice.f64() < chance) {
                wear.struck = wear.struck.saturating_add(1);
                return Some(fault.clone());
            }
        }
        None
    }

    /// What the rate limit makes of a token operation. Counts it.
    pub(super) fn throttle(&mut self) -> Throttling {
        let throttle = &self.settings.throttle;
        if self.blocked < throttle.block {
            self.blocked += 1;
            Throttling::Blocked
        } else if throttle.on_200 {
            Throttling::Warned
        } else {
            Throttling::Free
        }
    }

    /// How the sign-in of a token operation ends. Counts it.
    pub(super) fn sign_in(&mut self) -> SignIn {
        if self.signed < self.settings.sign_in_after {
            self.signed += 1;
            SignIn::Normal
        } else {
            self.settings.sign_in
        }
    }

    /// The refusal ordered for this request to Entra ID, if any. Uses it up.
    pub(super) fn next_denial(
        &mut self,
        endpoint: Endpoint,
        grant: Option<&str>,
    ) -> Option<NextError> {
        let orders = &mut self.settings.entra.next_errors;
        orders.retain(|order| order.times > 0);
        let order = orders.iter_mut().find(|order| {
            order.endpoint == endpoint
                && order.grant.as_deref().is_none_or(|wanted| Some(wanted) == grant)
        })?;
        order.times -= 1;
        let found = order.clone();
        orders.retain(|order| order.times > 0);
        Some(found)
    }

    /// Whether this poll for a sign-in on another device counts as too fast. Uses one up.
    pub(super) fn slow_down(&mut self) -> bool {
        let left = &mut self.settings.entra.device.slow_down;
        let is_due = *left > 0;
        *left = left.saturating_sub(1);
        is_due
    }

    pub(super) fn revoke_later(&mut self, id: Uuid, lists: u32) {
        self.late.push(Late { id, lists_left: lists });
    }

    /// The lost revocations that take effect with this list request.
    pub(super) fn due_revocations(&mut self) -> Vec<Uuid> {
        let due =
            self.late.extract_if(.., |late| late.lists_left == 0).map(|late| late.id).collect();
        for late in &mut self.late {
            late.lists_left -= 1;
        }
        due
    }

    /// Notes a request and gives its number.
    pub(super) fn note(&mut self, seen: Seen) -> u64 {
        if self.requests.len() == MEMORY {
            self.requests.pop_front();
            self.forgotten += 1;
        }
        self.requests.push_back(seen);
        self.forgotten + self.requests.len() as u64 - 1
    }

    /// Notes how the request with that number was answered.
    pub(super) fn note_status(&mut self, number: u64, status: u16) {
        let index =
            number.checked_sub(self.forgotten).and_then(|index| usize::try_from(index).ok());
        if let Some(seen) = index.and_then(|index| self.requests.get_mut(index)) {
            seen.status = Some(status);
        }
    }

    pub(super) fn requests(&self) -> Vec<Seen> {
        self.requests.iter().cloned().collect()
    }

    pub(super) fn clear_requests(&mut self) {
        self.forgotten += self.requests.len() as u64;
        self.requests.clear();
        self.peak = self.in_flight;
    }

    pub(super) fn peak(&self) -> usize {
        self.peak
    }

    pub(super) fn enter(&mut self) {
        self.in_flight += 1;
        self.peak = self.peak.max(self.in_flight);
    }

    pub(super) fn leave(&mut self) {
        self.in_flight -= 1;
    }
}
