//! What all requests share: the ledger, the settings, the clock, the bearer, and the state file that follows the
//! ledger. One lock for each of the three that change; nobody holds two.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::{Builder, Uuid};

use super::answer::{Refusal, exception};
use super::entra::Store;
use super::fault::Operation;
use super::ledger::Ledger;
use super::rig::Rig;
use super::state_file;
use crate::clock;

/// The emulator's inside.
pub(super) struct World {
    ledger: Mutex<Ledger>,
    rig: Mutex<Rig>,
    entra: Mutex<Store>,
    /// Where it serves, without a slash at the end.
    pub(super) base: String,
    pub(super) access_token: String,
    pub(super) process: Uuid,
    state: Option<PathBuf>,
}

impl World {
    pub(super) fn new(ledger: Ledger, rig: Rig, base: String, state: Option<PathBuf>) -> Self {
        let access_token = format!("azpat-emulator-{}", letters(48));
        Self {
            ledger: Mutex::new(ledger),
            rig: Mutex::new(rig),
            entra: Mutex::default(),
            base,
            access_token,
            process: random_id(),
            state,
        }
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn rig(&self) -> MutexGuard<'_, Rig> {
        self.rig.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What Entra ID issued.
    pub(super) fn entra(&self) -> MutexGuard<'_, Store> {
        self.entra.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The service's clock.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let offset = self.rig().settings().clock_offset_seconds;
        let now = clock::now();
        TimeDelta::try_seconds(offset)
            .and_then(|offset| now.checked_add_signed(offset))
            .unwrap_or(now)
    }

    /// Writes the state file, if there is one, before the answer goes out.
    pub(super) fn save(&self, ledger: &Ledger) -> Result<(), Refusal> {
        let Some(path) = &self.state else { return Ok(()) };
        state_file::save(path, ledger).map_err(|error| {
            let message =
                format!("The state file {} could not be written: {error}", path.display());
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, exception::SERVICE, message)
        })
    }

    /// Counts a token operation as under way until the guard goes.
    pub(super) fn enter(self: &Arc<Self>, operation: Operation) -> Option<InFlight> {
        operation.is_pat().then(|| {
            self.rig().enter();
            InFlight(Arc::clone(self))
        })
    }
}

/// One token operation under way, also if its client leaves.
pub(super) struct InFlight(Arc<World>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.rig().leave();
    }
}

/// A random id in the form of version 4.
pub(super) fn random_id() -> Uuid {
    id(&mut fastrand::Rng::new())
}

/// The next id of a seeded source, in the form of version 4.
pub(super) fn id(random: &mut fastrand::Rng) -> Uuid {
    Builder::from_random_bytes(random.u128(..).to_be_bytes()).into_uuid()
}

/// Random letters and digits.
pub(super) fn letters(count: usize) -> String {
    std::iter::repeat_with(fastrand::alphanumeric).take(count).collect()
}
