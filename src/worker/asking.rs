//! The sign-in that waits for a person. There is one at a time: another takes its place.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::failure::{Failure, FailureKind};

/// What ends a sign-in from outside.
#[derive(Debug)]
enum End {
    Replaced,
    Left,
}

/// How the sign-in that runs can be ended.
#[derive(Debug, Default)]
pub(super) struct Asking(Mutex<Option<oneshot::Sender<End>>>);

impl Asking {
    /// Runs a sign-in until it ends, is left or another takes its place; then `None`.
    pub(super) async fn or_left<T>(
        &self,
        sign_in: impl Future<Output = Result<T, Failure>>,
    ) -> Option<Result<T, Failure>> {
        let (end, ended) = oneshot::channel();
        if let Some(before) = self.put(Some(end)) {
            // It may have ended by itself just now.
            before.send(End::Replaced).ok();
        }
        tokio::select! {
            result = sign_in => Some(result),
            end = ended => match end {
                Ok(End::Left) => {
                    Some(Err(Failure::new(FailureKind::Cancelled, "sign in", "you left it")))
                }
                Ok(End::Replaced) | Err(_) => None,
            },
        }
    }

    /// Ends the sign-in that runs, if one does.
    pub(super) fn leave(&self) {
        if let Some(running) = self.put(None) {
            running.send(End::Left).ok();
        }
    }

    fn put(&self, end: Option<oneshot::Sender<End>>) -> Option<oneshot::Sender<End>> {
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), end)
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use futures_util::future::join;

    use super::*;

    #[tokio::test]
    async fn a_sign_in_can_be_left_and_replaced() {
        let asking = Asking::default();
        assert_eq!(asking.or_left(ready(Ok(1))).await, Some(Ok(1)));
        asking.leave();
        let never = || pending::<Result<u8, Failure>>();
        let (left, ()) = join(asking.or_left(never()), async { asking.leave() }).await;
        assert_eq!(left.unwrap().unwrap_err().kind, FailureKind::Cancelled);
        let (first, second) = join(asking.or_left(never()), asking.or_left(ready(Ok(2)))).await;
        assert_eq!((first, second), (None, Some(Ok(2))));
    }
}
