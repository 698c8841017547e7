//! Signals that ask the program to end while a secret is not in its place yet: there is a little
//! time to revoke what nobody would get.

use std::{pin::pin, time::Duration};

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{Instant, timeout_at};

use crate::{
    failure::{Failure, FailureKind},
    operations::replace::Stopping,
};

/// How long the program goes on after a signal.
const GRACE: Duration = Duration::from_secs(2);

/// Listens from its making on.
pub(super) struct Stop {
    #[cfg(unix)]
    signals: [Signal; 3],
    #[cfg(windows)]
    signals: tokio::signal::windows::CtrlC,
    until: Option<Instant>,
}

impl Stop {
    pub(super) fn listen() -> Result<Self, Failure> {
        #[cfg(unix)]
        let signals = || {
            let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
            let [interrupt, terminate, hangup] = kinds.map(signal);
            Ok::<_, std::io::Error>([interrupt?, terminate?, hangup?])
        };
        #[cfg(windows)]
        let signals = tokio::signal::windows::ctrl_c;
        let signals = signals().map_err(|error| {
            Failure::new(FailureKind::Service, "listen for signals", error.to_string())
        })?;
        Ok(Self { signals, until: None })
    }

    pub(super) fn is_asked(&self) -> bool {
        self.until.is_some()
    }

    async fn asked(&mut self) -> Instant {
        #[cfg(unix)]
        {
            let [interrupt, terminate, hangup] = &mut self.signals;
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        #[cfg(windows)]
        self.signals.recv().await;
        *self.until.insert(Instant::now() + GRACE)
    }
}

impl Stopping for Stop {
    async fn or_late<T: Send>(&mut self, work: impl Future<Output = T> + Send) -> Option<T> {
        let mut work = pin!(work);
        let until = if let Some(until) = self.until {
            until
        } else {
            tokio::select! {
                biased;
                done = &mut work => return Some(done),
                until = self.asked() => until,
            }
        };
        timeout_at(until, work).await.ok()
    }

    async fn or_at_once<T: Send>(&mut self, work: impl Future<Output = T> + Send) -> Option<T> {
        if self.is_asked() {
            return None;
        }
        tokio::select! {
            biased;
            done = work => Some(done),
            _ = self.asked() => None,
        }
    }
}
