//! The pause that a service asks for. It holds for every call to that service, not only for the
//! one that was told.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::clock;

/// Until when nothing may be sent, and why.
#[derive(Debug, Default)]
pub(super) struct Gate(Mutex<Option<Instant>>);

impl Gate {
    /// Keeps it shut for this long at least.
    pub(super) fn shut(&self, pause: Duration) {
        let until = clock::monotonic() + pause;
        let mut shut = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *shut = Some(shut.map_or(until, |before| before.max(until)));
    }

    /// How long it is still shut.
    pub(super) fn left(&self) -> Option<Duration> {
        let shut = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let left = shut?.saturating_duration_since(clock::monotonic());
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_pause_counts() {
        let gate = Gate::default();
        assert_eq!(gate.left(), None);
        gate.shut(Duration::from_mins(1));
        gate.shut(Duration::from_secs(1));
        assert!(gate.left().unwrap() > Duration::from_secs(50));
    }
}
