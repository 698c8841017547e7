//! Access tokens while they are good: one per key, asked for once by all that wait for it.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{clock, failure::Failure, secret::Bearer};

/// A bearer this close to its end is not used any more.
const MARGIN: TimeDelta = TimeDelta::minutes(5);

/// A bearer and when it ends, by this computer's wall clock: it goes on in suspend.
#[derive(Clone, Debug)]
pub(super) struct Lease {
    pub(super) bearer: Bearer,
    pub(super) ends: DateTime<Utc>,
    margin: TimeDelta,
}

impl Lease {
    /// With the whole margin a short-lived one would never be used, but asked for at every call.
    pub(super) fn new(bearer: Bearer, ends: DateTime<Utc>) -> Self {
        let left = (ends - clock::now()).max(TimeDelta::zero());
        Self { bearer, ends, margin: MARGIN.min(left / 5) }
    }
}

type Place = Arc<tokio::sync::Mutex<Option<Lease>>>;

/// The leases by key.
#[derive(Debug)]
pub(super) struct Leases<K>(Mutex<HashMap<K, Place>>);

impl<K> Default for Leases<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash> Leases<K> {
    /// A bearer that is good for a while. Whoever comes while it is asked for waits for it.
    pub(super) async fn bearer(
        &self,
        key: &K,
        ask: impl AsyncFnOnce() -> Result<Lease, Failure>,
    ) -> Result<Bearer, Failure> {
        let place = self.place(key);
        let mut lease = place.lock().await;
        match &*lease {
            Some(lease) if lease.ends - lease.margin > clock::now() => Ok(lease.bearer.clone()),
            _ => Ok(replace(&mut lease, ask().await)?),
        }
    }

    /// Another bearer than the one that was rejected. Where somebody has got one meanwhile, that.
    pub(super) async fn another(
        &self,
        key: &K,
        rejected: &Bearer,
        ask: impl AsyncFnOnce() -> Result<Lease, Failure>,
    ) -> Result<Option<Bearer>, Failure> {
        let place = self.place(key);
        let mut lease = place.lock().await;
        let bearer = match &*lease {
            Some(lease) if lease.bearer != *rejected => lease.bearer.clone(),
            _ => replace(&mut lease, ask().await)?,
        };
        Ok(Some(bearer).filter(|bearer| bearer != rejected))
    }

    /// Takes a bearer that was got otherwise.
    pub(super) async fn put(&self, key: &K, lease: Lease) {
        *self.place(key).lock().await = Some(lease);
    }

    /// Forgets the bearers of these keys.
    pub(super) fn forget(&self, is_meant: impl Fn(&K) -> bool) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| !is_meant(key));
    }

    fn place(&self, key: &K) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(places.entry(key.clone()).or_default())
    }
}

fn replace(place: &mut Option<Lease>, lease: Result<Lease, Failure>) -> Result<Bearer, Failure> {
    *place = None;
    Ok(place.insert(lease?).bearer.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn lease(text: &str, minutes: i64) -> Lease {
        Lease::new(Bearer::new(text), clock::now() + TimeDelta::minutes(minutes))
    }

    #[tokio::test]
    async fn all_that_wait_share_one_question() {
        let (leases, asked) = (Leases::default(), AtomicU32::new(0));
        let ask = async || {
            asked.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
            Ok(lease("one", 60))
        };
        let all = futures_util::future::join_all((0..30).map(|_| leases.bearer(&1, ask))).await;
        assert!(all.iter().all(|bearer| *bearer == Ok(Bearer::new("one"))));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_bearer_near_its_end_is_replaced() {
        let leases = Leases::default();
        let got = |minutes_ago| {
            let life = lease("old", 60);
            Lease { ends: life.ends - TimeDelta::minutes(minutes_ago), ..life }
        };
        leases.put(&1, got(56)).await;
        assert_eq!(leases.bearer(&1, async || Ok(lease("new", 60))).await, Ok(Bearer::new("new")));
        leases.put(&2, got(54)).await;
        let never = async || unreachable!("it is still good");
        assert_eq!(leases.bearer(&2, never).await, Ok(Bearer::new("old")));
    }

    /// Check 78: by the wall clock, and once for all that wait.
    #[tokio::test]
    async fn check_78_after_a_suspend_it_is_asked_for_once() {
        // The computer slept for two hours: the wall clock went on, whatever other clocks did.
        let (leases, asked) = (Leases::default(), AtomicU32::new(0));
        let slept = lease("old", 60);
        let slept = Lease { ends: slept.ends - TimeDelta::hours(2), ..slept };
        leases.put(&1, slept).await;
        let ask = async || {
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(lease("new", 60))
        };
        let all = futures_util::future::join_all((0..30).map(|_| leases.bearer(&1, ask))).await;
        assert!(all.iter().all(|bearer| *bearer == Ok(Bearer::new("new"))));
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }

    #[tokio::test]
    async fn a_short_life_is_used_all_the_same() {
        let (leases, asked) = (Leases::default(), AtomicU32::new(0));
        let ask = async || {
            asked.fetch_add(1, Ordering::Relaxed);
            Ok(lease("short", 2))
        };
        for _ in 0..5 {
            assert_eq!(leases.bearer(&1, ask).await, Ok(Bearer::new("short")));
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        let over = async || Ok(lease("over", -1));
        assert_eq!(leases.bearer(&2, over).await, Ok(Bearer::new("over")));
        assert_eq!(leases.bearer(&2, ask).await, Ok(Bearer::new("short")));
    }

    #[tokio::test]
    async fn a_rejected_bearer_is_replaced_once() {
        let leases = Leases::default();
        let (old, new) = (Bearer::new("old"), Bearer::new("new"));
        leases.put(&1, lease("old", 60)).await;
        let another = leases.another(&1, &old, async || Ok(lease("new", 60))).await;
        assert_eq!(another, Ok(Some(new.clone())));
        let never = async || unreachable!("somebody has got another one");
        assert_eq!(leases.another(&1, &old, never).await, Ok(Some(new.clone())));
        let same = leases.another(&1, &new, async || Ok(lease("new", 60))).await;
        assert_eq!(same, Ok(None), "the same one again is no other");
    }
}
