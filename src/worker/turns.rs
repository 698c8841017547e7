//! Whose turn it is to connect. There is one connection at a time: another takes its place, and a
//! person can leave it.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// Holds the turn that runs. Dropping its sender ends it.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<Option<oneshot::Sender<()>>>);

/// The right to connect, until another takes it or it is left.
#[derive(Debug)]
#[must_use]
pub(super) struct Turn(oneshot::Receiver<()>);

impl Turns {
    /// Ends the turn that runs and begins another.
    pub(super) fn begin(&self) -> Turn {
        let (holds, over) = oneshot::channel();
        self.put(Some(holds));
        Turn(over)
    }

    /// Ends the turn that runs, if one does.
    pub(super) fn end(&self) {
        self.put(None);
    }

    fn put(&self, holds: Option<oneshot::Sender<()>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = holds;
    }
}

impl Turn {
    /// Does it as long as the turn lasts; `None` when it was over before.
    pub(super) async fn or_over<T>(self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            // What is over begins nothing.
            biased;
            _ = self.0 => None,
            done = work => Some(done),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::future::join;

    use super::*;

    #[tokio::test]
    async fn one_turn_at_a_time_in_the_sequence_of_the_orders() {
        let turns = Turns::default();
        turns.end();
        assert_eq!(turns.begin().or_over(ready(1)).await, Some(1));
        let turn = turns.begin();
        let (left, ()) = join(turn.or_over(pending::<u8>()), async { turns.end() }).await;
        assert_eq!(left, None);
        let (first, second) = (turns.begin(), turns.begin());
        let (second, first) = join(second.or_over(ready(2)), first.or_over(ready(1))).await;
        assert_eq!((first, second), (None, Some(2)), "whichever task is polled first");
        let turn = turns.begin();
        turns.end();
        let next = turns.begin();
        let (next, left) = join(next.or_over(ready(2)), turn.or_over(ready(1))).await;
        assert_eq!((left, next), (None, Some(2)), "leaving ends what was ordered before it only");
    }
}
