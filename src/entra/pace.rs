//! How often Entra is asked whether somebody typed the code: as RFC 8628 (3.5) wants it. Knows
//! nothing of requests.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// What `slow_down` adds, for good.
const SLOWER: Duration = Duration::from_secs(5);

/// While Entra cannot be reached, intervals double this often at most.
const DOUBLINGS: u32 = 3;

/// What came of asking once.
#[derive(Debug)]
pub(super) enum Turn<T> {
    /// Nobody typed the code yet.
    Pending,
    /// The same, and asked too often.
    SlowDown,
    /// No answer; later it may work.
    Offline(String),
    Done(T),
}

/// How often to ask, and how long.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pace {
    pub(super) interval: Duration,
    pub(super) lasts: Duration,
}

impl Pace {
    /// Asks until it is done; `None` when the time is over. Tells when answers begin to fail, with
    /// the reason, and when they come again.
    pub(super) async fn poll<T, F>(
        self,
        offline: impl Fn(Option<String>),
        mut ask: impl FnMut() -> F,
    ) -> Option<T>
    where
        F: Future<Output = Turn<T>>,
    {
        let end = Instant::now() + self.lasts;
        let (mut interval, mut misses) = (self.interval, 0);
        loop {
            let wait = interval * 2_u32.pow(misses);
            if Instant::now() + wait >= end {
                return None;
            }
            sleep(wait).await;
            match ask().await {
                Turn::Done(done) => return Some(done),
                Turn::Offline(why) => {
                    // Once, not at every attempt.
                    if misses == 0 {
                        offline(Some(why));
                    }
                    misses = (misses + 1).min(DOUBLINGS);
                    continue;
                }
                Turn::SlowDown => interval += SLOWER,
                Turn::Pending => {}
            }
            if misses > 0 {
                offline(None);
                misses = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::{Cell, RefCell},
        future::ready,
    };

    use super::*;

    /// Polls with these turns and tells when each was taken, in seconds, and what came out.
    async fn poll(
        interval: u64,
        lasts: u64,
        turns: Vec<Turn<u8>>,
    ) -> (Vec<u64>, Option<u8>, usize) {
        let started = Instant::now();
        let (asked, said) = (RefCell::new(Vec::new()), Cell::new(0));
        let turns = RefCell::new(turns.into_iter());
        let pace =
            Pace { interval: Duration::from_secs(interval), lasts: Duration::from_secs(lasts) };
        let done = pace.poll(
            |why| said.set(said.get() + if why.is_some() { 1 } else { 10 }),
            || {
                asked.borrow_mut().push(started.elapsed().as_secs());
                ready(turns.borrow_mut().next().unwrap_or(Turn::Pending))
            },
        );
        let done = done.await;
        (asked.into_inner(), done, said.get())
    }

    #[tokio::test(start_paused = true)]
    async fn check_43_the_interval_is_kept_and_slows_down_for_good() {
        let turns = vec![Turn::Pending, Turn::SlowDown, Turn::Pending, Turn::Done(7)];
        assert_eq!(poll(5, 900, turns).await, (vec![5, 10, 20, 30], Some(7), 0));
    }

    #[tokio::test(start_paused = true)]
    async fn it_ends_with_the_code() {
        assert_eq!(poll(5, 21, vec![]).await, (vec![5, 10, 15, 20], None, 0));
        assert_eq!(poll(5, 5, vec![Turn::Done(7)]).await, (vec![], None, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn it_asks_less_often_while_nobody_answers() {
        let off = || Turn::Offline("off".to_owned());
        let turns = vec![off(), off(), off(), off(), off(), Turn::Pending, off(), Turn::Done(7)];
        let asked = vec![1, 3, 7, 15, 23, 31, 32, 34];
        assert_eq!(poll(1, 900, turns).await, (asked, Some(7), 12), "off, on, off");
    }
}
