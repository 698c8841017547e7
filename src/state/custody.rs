//! The secret of a new token, from the order that makes it until it is let go. The service tells
//! it once: nothing here drops it but what its owner decided.

pub mod delivering;

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use tui_input::Input;

use crate::{
    desktop::Clipboard,
    effect::OrderId,
    failure::Failure,
    operations::Creation,
    pat::{AuthorizationId, Pat},
    sink,
};
use delivering::{Delivering, Place};

/// How long a secret may be read on the screen.
const SHOWN: TimeDelta = TimeDelta::seconds(30);

/// The creation that is waited for, and the secret that is held. One of each at most.
#[derive(Debug, Default)]
pub struct Custody {
    pub awaited: Option<OrderId>,
    /// How far that is.
    pub reached: Reached,
    /// The token that the awaited one is to replace.
    pub replaces: Option<Box<Pat>>,
    pub held: Option<Box<Held>>,
    /// The places that it can be delivered to.
    pub sinks: Vec<sink::Choice>,
    /// The program ends when the secret is let go.
    pub is_quitting: bool,
    /// Tokens that live on although nobody has their secret: their owner decided so.
    pub discarded: BTreeSet<AuthorizationId>,
    /// The revocations of old tokens that the service took, and whose lists are asked now.
    pub verifying: BTreeSet<OrderId>,
}

/// How far a token in the making is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reached {
    #[default]
    Nothing,
    /// It is in the journal.
    Noted,
    /// What there was before is known.
    Looked,
    Created,
}

impl Custody {
    /// Waits for a token that was ordered.
    pub fn begin(&mut self, order: OrderId) {
        self.awaited = Some(order);
        self.reached = Reached::Nothing;
    }

    /// Whether another token can be made now.
    pub fn is_free(&self) -> bool {
        self.awaited.is_none() && self.held.is_none()
    }

    /// The secret that would be lost now.
    pub fn undelivered(&self) -> Option<&Held> {
        self.held.as_deref().filter(|held| !held.is_delivered())
    }

    /// The order that takes the token back, while one does.
    pub fn revoking(&self) -> Option<OrderId> {
        match self.held.as_ref()?.page {
            Page::Revoking { order, .. } => Some(order),
            Page::Secret | Page::File(_) | Page::Deliver | Page::Leaving(_) => None,
        }
    }

    /// Covers the secret.
    pub fn hide(&mut self) {
        if let Some(held) = &mut self.held {
            held.shown_until = None;
        }
    }
}

/// A new token with its secret.
#[derive(Debug)]
pub struct Held {
    pub creation: Creation,
    /// The token that it replaces, which lives until the secret is in its place.
    pub old: Option<Box<Pat>>,
    pub page: Page,
    /// Covered except until then.
    shown_until: Option<DateTime<Utc>>,
    /// Where the secret was brought.
    pub places: Vec<Place>,
    /// It was tried from one of them.
    pub is_tried: bool,
    pub delivering: Delivering,
    /// Which clipboard it was put on.
    pub copied: Option<Clipboard>,
}

/// What stands in its dialog.
#[derive(Debug)]
pub enum Page {
    Secret,
    File(NewFile),
    /// What is delivered where stands in [`Held::delivering`]: it goes on behind other pages.
    Deliver,
    Leaving(Leaving),
    /// The token is being revoked, since nobody can use it.
    Revoking {
        order: OrderId,
        then_quit: bool,
    },
}

/// A file that the secret is to be written into.
#[derive(Debug, Default)]
pub struct NewFile {
    pub path: Input,
    /// Being written.
    pub order: Option<OrderId>,
    pub failure: Option<Failure>,
}

/// The question before the secret is let go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leaving {
    pub choice: Choice,
    /// The program is to end.
    pub then_quit: bool,
}

/// What can become of a token whose secret is nowhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    /// Back to the secret.
    #[default]
    Stay,
    Revoke,
    /// The token lives, and nobody can use it.
    Discard,
}

impl Choice {
    pub const ALL: [Self; 3] = [Self::Stay, Self::Revoke, Self::Discard];

    #[must_use]
    pub fn step(self, by: isize) -> Self {
        let at = Self::ALL.iter().position(|choice| *choice == self).unwrap_or_default();
        let next = at.saturating_add_signed(by).min(Self::ALL.len() - 1);
        Self::ALL.get(next).copied().unwrap_or_default()
    }
}

impl Held {
    pub fn new(creation: Creation, old: Option<Box<Pat>>) -> Self {
        Self {
            creation,
            old,
            page: Page::Secret,
            shown_until: None,
            places: Vec::new(),
            is_tried: false,
            delivering: Delivering::default(),
            copied: None,
        }
    }

    /// Whether the secret is in another place. What a terminal made of it nobody knows.
    pub fn is_delivered(&self) -> bool {
        !self.places.is_empty() || self.copied == Some(Clipboard::System)
    }

    pub fn show(&mut self, now: DateTime<Utc>) {
        self.shown_until = Some(now + SHOWN);
    }

    /// Until when the secret can be read; `None` while it is covered.
    pub fn shown_until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // A clock that was turned back does not make it longer.
        self.shown_until.filter(|until| *until > now && *until - now <= SHOWN)
    }
}
