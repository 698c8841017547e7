//! The hand on the emulator: change its settings, read what really exists and what was asked of it. In process through
//! [`Control`], from outside through `/_control`; both see and do the same.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::entra::{EntraReport, device};
use super::settings::Settings;
use super::world::World;

/// A token as it really is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The `authorizationId`.
    pub id: Uuid,
    /// The `displayName`.
    pub name: String,
    /// The organization it was created in.
    pub organization: String,
    /// Valid in all organizations of its owner (`targetAccounts` is null).
    pub global: bool,
    /// Scope ids, separated by blanks.
    pub scope: String,
    /// When it was created.
    pub valid_from: DateTime<Utc>,
    /// When it ends.
    pub valid_to: DateTime<Utc>,
    /// Whether it was revoked, which is final.
    pub revoked: bool,
}

/// A request that arrived. The credential itself is never kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Seen {
    /// When it arrived, by the real clock.
    pub at: DateTime<Utc>,
    /// The HTTP method.
    pub method: String,
    /// The path as sent.
    pub path: String,
    /// The query as sent, without `?`.
    pub query: String,
    /// Headers in lower case, without credentials and cookies.
    pub headers: BTreeMap<String, String>,
    /// Whether an `Authorization` header came along.
    pub authorization: bool,
    /// The body, if it was JSON of at most 64 KiB.
    pub body: Option<Value>,
    /// The status of the answer; none if the connection was cut or is still waiting.
    pub status: Option<u16>,
}

/// A handle on a running emulator; clones share it.
#[derive(Clone)]
pub struct Control {
    pub(super) world: Arc<World>,
}

impl fmt::Debug for Control {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Control").finish_non_exhaustive()
    }
}

impl Control {
    /// The settings in force.
    pub fn settings(&self) -> Settings {
        self.world.rig().settings().clone()
    }

    /// Replaces all settings; faults and counters start afresh.
    pub fn set(&self, settings: Settings) {
        self.world.rig().set(settings);
    }

    /// Every token ever made, in the order of their creation.
    pub fn ledger(&self) -> Vec<Record> {
        let ledger = self.world.ledger();
        let record = |token: &super::ledger::Token| Record {
            id: token.id,
            name: token.name.clone(),
            organization: ledger
                .organizations
                .get(token.home)
                .map(|home| home.name.clone())
                .unwrap_or_default(),
            global: token.global,
            scope: token.scope.clone(),
            valid_from: token.valid_from,
            valid_to: token.valid_to,
            revoked: token.revoked,
        };
        ledger.tokens().iter().map(record).collect()
    }

    /// What Entra ID did so far.
    pub fn entra(&self) -> EntraReport {
        let strict = self.world.rig().settings().entra.refresh_strict;
        let now = self.world.now();
        self.world.entra().report(strict, now)
    }

    /// Every secret of Entra ID that was issued or sent, with its kind: for those who look where
    /// such a thing must not be. Not to be had from outside.
    pub fn secrets(&self) -> Vec<(&'static str, String)> {
        self.world.entra().secrets()
    }

    /// Accepts a sign-in on another device as somebody, or as the owner of the tokens. False if nothing waits for it,
    /// or if that person may not.
    pub fn approve_device(&self, user_code: &str, account: Option<&str>) -> bool {
        device::accept(&self.world, user_code, account).is_ok()
    }

    /// Declines a sign-in on another device. False if nothing waits for it.
    pub fn decline_device(&self, user_code: &str) -> bool {
        device::decline(&self.world, user_code).is_ok()
    }

    /// Revokes all refresh tokens of somebody, by `preferred_username`, and gives their number.
    pub fn revoke_refresh_tokens(&self, username: &str) -> usize {
        self.world.entra().revoke(username)
    }

    /// The latest 10,000 requests, oldest first; those to `/_control` do not count.
    pub fn requests(&self) -> Vec<Seen> {
        self.world.rig().requests()
    }

    /// Forgets the requests and the high-water mark.
    pub fn clear_requests(&self) {
        self.world.rig().clear_requests();
    }

    /// The most token operations that were ever under way at the same time.
    pub fn peak_in_flight(&self) -> usize {
        self.world.rig().peak()
    }
}
