//! What is being done to which token, from the confirmation to the answer.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use crate::{
    effect::OrderId,
    failure::{Failure, FailureKind},
    pat::AuthorizationId,
};

/// What happens, or just happened, to one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Confirmed, and sent when its time has come; until then it can be taken back.
    RevokeScheduled {
        due: DateTime<Utc>,
    },
    /// Confirmed, and sent when it is its turn; until then it can be stopped.
    Queued {
        turn: Turn,
        what: Retry,
    },
    /// It was stopped before its turn came: nothing was sent.
    Stopped {
        what: Retry,
    },
    Revoking {
        order: OrderId,
    },
    /// The service confirmed it, at this time.
    Revoked {
        at: DateTime<Utc>,
    },
    Extending {
        order: OrderId,
        to: DateTime<Utc>,
    },
    Extended {
        requested: DateTime<Utc>,
        granted: DateTime<Utc>,
        shortened: bool,
    },
    Failed {
        failure: Failure,
        retry: Retry,
    },
}

/// What is to be done, or done again after it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Revoke,
    Extend { to: DateTime<Utc> },
}

/// A place in the queue: the smaller one comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(u64);

/// What is done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Extend,
    Revoke,
}

impl Retry {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Revoke => Kind::Revoke,
            Self::Extend { .. } => Kind::Extend,
        }
    }
}

impl Work {
    pub fn kind(&self) -> Kind {
        match self {
            Self::RevokeScheduled { .. } | Self::Revoking { .. } | Self::Revoked { .. } => {
                Kind::Revoke
            }
            Self::Extending { .. } | Self::Extended { .. } => Kind::Extend,
            Self::Queued { what, .. }
            | Self::Stopped { what }
            | Self::Failed { retry: what, .. } => what.kind(),
        }
    }

    /// It failed, and whether it was done nobody knows.
    pub fn is_unknown(&self) -> bool {
        let Self::Failed { failure, .. } = self else { return false };
        matches!(failure.kind, FailureKind::Unconfirmed | FailureKind::NotFound)
    }

    /// Sent, and not answered yet.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Revoking { .. } | Self::Extending { .. })
    }

    /// Confirmed, and not sent yet.
    pub fn is_scheduled(&self) -> bool {
        matches!(self, Self::RevokeScheduled { .. } | Self::Queued { .. })
    }

    /// Over, so that something else may be done to the token.
    pub fn is_over(&self) -> bool {
        !self.is_running() && !self.is_scheduled()
    }

    fn order(&self) -> Option<OrderId> {
        match self {
            Self::Revoking { order } | Self::Extending { order, .. } => Some(*order),
            Self::RevokeScheduled { .. }
            | Self::Queued { .. }
            | Self::Stopped { .. }
            | Self::Revoked { .. }
            | Self::Extended { .. }
            | Self::Failed { .. } => None,
        }
    }
}

/// The work on all tokens, with its counts.
#[derive(Debug, Default)]
pub struct Works {
    each: HashMap<AuthorizationId, Work>,
    /// Which token each order that runs is about.
    running: HashMap<OrderId, AuthorizationId>,
    /// Those that wait for their turn.
    queue: BTreeMap<Turn, AuthorizationId>,
    last_turn: Turn,
    counts: Counts,
}

/// How many tokens are at which point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Confirmed, and not sent yet.
    pub scheduled: usize,
    pub running: usize,
    pub failed: usize,
    /// Revoked or extended.
    pub done: usize,
    /// Stopped before they were sent.
    pub stopped: usize,
}

impl Counts {
    fn of(&mut self, work: &Work) -> &mut usize {
        match work {
            Work::RevokeScheduled { .. } | Work::Queued { .. } => &mut self.scheduled,
            Work::Stopped { .. } => &mut self.stopped,
            Work::Revoking { .. } | Work::Extending { .. } => &mut self.running,
            Work::Failed { .. } => &mut self.failed,
            Work::Revoked { .. } | Work::Extended { .. } => &mut self.done,
        }
    }
}

impl Works {
    pub fn get(&self, id: AuthorizationId) -> Option<&Work> {
        self.each.get(&id)
    }

    pub fn counts(&self) -> Counts {
        self.counts
    }

    pub fn set(&mut self, id: AuthorizationId, work: Work) {
        self.remove(id);
        *self.counts.of(&work) += 1;
        self.running.extend(work.order().map(|order| (order, id)));
        if let Work::Queued { turn, .. } = &work {
            self.queue.insert(*turn, id);
        }
        self.each.insert(id, work);
    }

    pub fn remove(&mut self, id: AuthorizationId) -> Option<Work> {
        let work = self.each.remove(&id)?;
        *self.counts.of(&work) -= 1;
        if let Some(order) = work.order() {
            self.running.remove(&order);
        }
        if let Work::Queued { turn, .. } = &work {
            self.queue.remove(turn);
        }
        Some(work)
    }

    /// Puts the work on a token at the end of the queue.
    pub fn queue(&mut self, id: AuthorizationId, what: Retry) {
        self.last_turn.0 += 1;
        self.set(id, Work::Queued { turn: self.last_turn, what });
    }

    /// Those that wait for their turn, in the sequence of the turns.
    pub fn queued(&self) -> impl Iterator<Item = (AuthorizationId, Retry)> {
        self.queue.values().filter_map(|id| match self.each.get(id) {
            Some(Work::Queued { what, .. }) => Some((*id, *what)),
            _ => None,
        })
    }

    /// Forgets what is over, so that a new round is counted from zero.
    pub fn forget_done(&mut self) {
        self.each.retain(|_, work| {
            !matches!(work, Work::Revoked { .. } | Work::Extended { .. } | Work::Stopped { .. })
        });
        (self.counts.done, self.counts.stopped) = (0, 0);
    }

    /// The token that an answer is about; `None` for an answer nobody waits for any more.
    pub fn find(&self, order: OrderId) -> Option<(AuthorizationId, &Work)> {
        let id = *self.running.get(&order)?;
        self.each.get(&id).map(|work| (id, work))
    }

    /// The tokens that are revoked when their time is over, the first due first.
    pub fn scheduled(&self) -> Vec<(DateTime<Utc>, AuthorizationId)> {
        let mut scheduled: Vec<_> = (self.each.iter())
            .filter_map(|(id, work)| match work {
                Work::RevokeScheduled { due } => Some((*due, *id)),
                _ => None,
            })
            .collect();
        scheduled.sort_unstable();
        scheduled
    }

    /// How many were extended to an earlier end than was asked for.
    pub fn shortened(&self) -> usize {
        let is_shortened = |work: &&Work| matches!(work, Work::Extended { shortened: true, .. });
        self.each.values().filter(is_shortened).count()
    }

    /// The tokens whose work failed, with what to do again: those of which it is known that it was
    /// not done, or the others.
    pub fn failed(&self, is_unknown: bool) -> Vec<(AuthorizationId, Retry)> {
        let mut failed: Vec<_> = (self.each.iter())
            .filter_map(|(id, work)| match work {
                Work::Failed { retry, .. } if work.is_unknown() == is_unknown => {
                    Some((*id, *retry))
                }
                _ => None,
            })
            .collect();
        failed.sort_unstable_by_key(|(id, _)| *id);
        failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pat::fixture::{now, pat};

    #[test]
    fn counts_follow_every_change() {
        let mut works = Works::default();
        works.set(pat(1).id, Work::RevokeScheduled { due: now() });
        works.set(pat(2).id, Work::RevokeScheduled { due: now() });
        assert_eq!(works.counts(), Counts { scheduled: 2, ..Counts::default() });
        works.set(pat(1).id, Work::Revoking { order: OrderId(7) });
        assert_eq!(works.counts(), Counts { scheduled: 1, running: 1, ..Counts::default() });
        assert_eq!(works.find(OrderId(7)).map(|(id, _)| id), Some(pat(1).id));
        works.set(pat(1).id, Work::Revoked { at: now() });
        assert_eq!(works.find(OrderId(7)), None);
        works.set(pat(2).id, Work::Revoking { order: OrderId(8) });
        works.set(pat(2).id, Work::Extending { order: OrderId(9), to: now() });
        assert_eq!(works.find(OrderId(8)), None);
        assert_eq!(works.find(OrderId(9)).map(|(id, _)| id), Some(pat(2).id));
        works.remove(pat(2).id);
        assert_eq!(works.find(OrderId(9)), None);
        assert!(works.running.is_empty(), "{works:?}");
        assert_eq!(works.counts(), Counts { done: 1, ..Counts::default() });
        works.forget_done();
        assert_eq!(works.counts(), Counts::default());
        assert_eq!(works.get(pat(1).id), None);
    }

    #[test]
    fn turns_are_taken_in_the_sequence_in_which_they_were_given() {
        let mut works = Works::default();
        for number in [3, 1, 2] {
            works.queue(pat(number).id, Retry::Revoke);
        }
        assert_eq!(works.counts(), Counts { scheduled: 3, ..Counts::default() });
        works.queue(pat(3).id, Retry::Extend { to: now() });
        works.set(pat(1).id, Work::Stopped { what: Retry::Revoke });
        let queued: Vec<_> = works.queued().map(|(id, _)| id).collect();
        assert_eq!(queued, [pat(2).id, pat(3).id]);
        assert_eq!(works.counts(), Counts { scheduled: 2, stopped: 1, ..Counts::default() });
        works.forget_done();
        assert_eq!(works.counts(), Counts { scheduled: 2, ..Counts::default() });
    }
}
