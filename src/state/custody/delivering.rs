//! A secret on the way to the places that use it: chosen, shown before, and what came of it.

use std::path::PathBuf;

use super::{Custody, Held};
use crate::{
    effect::OrderId,
    failure::Failure,
    sink::{Delivered, Shown},
    state::{cursor::Cursor, scroll::Scroll},
};

/// A place that has the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A file of its own.
    File(PathBuf),
    /// What a sink calls its place.
    Sink(String),
}

/// The page "Deliver to".
#[derive(Debug, Default)]
pub struct Delivering {
    pub cursor: Cursor,
    pub step: Step,
    /// Of what is shown of the step.
    pub scroll: Scroll,
}

/// How far it is.
#[derive(Debug, Default)]
pub enum Step {
    #[default]
    Choosing,
    Planning {
        order: OrderId,
        sink: String,
    },
    /// Shown, and not agreed to yet.
    Planned {
        sink: String,
        plan: Shown,
    },
    UnderWay(UnderWay),
    Done {
        delivered: Delivered,
        tested: Option<String>,
    },
    Failed {
        failure: Failure,
        /// The place that has the secret although it could not be tried there.
        target: Option<String>,
    },
}

/// A delivery that was ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnderWay {
    pub order: OrderId,
    pub target: String,
    /// It is there, and is being tried.
    pub is_there: bool,
    /// In words what was tried.
    pub tested: Option<String>,
}

impl Delivering {
    /// The order that is waited for.
    pub fn awaited(&self) -> Option<OrderId> {
        match &self.step {
            Step::Planning { order, .. } | Step::UnderWay(UnderWay { order, .. }) => Some(*order),
            Step::Choosing | Step::Planned { .. } | Step::Done { .. } | Step::Failed { .. } => None,
        }
    }

    pub fn go(&mut self, step: Step) {
        self.step = step;
        self.scroll = Scroll::default();
    }
}

impl Custody {
    /// The order of the delivery that is waited for.
    pub fn delivering(&self) -> Option<OrderId> {
        self.held.as_deref().and_then(|held: &Held| held.delivering.awaited())
    }
}
