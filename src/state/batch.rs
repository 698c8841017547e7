//! Several tokens that are asked about and worked on together: what is to become of each, and what
//! became of it. Plain data; the work itself stands in [`Works`].

use super::{
    cursor::Cursor,
    work::{Kind, Retry, Work, Works},
};
use crate::{failure::Failure, pat::Pat};

/// The tokens of one question, in the sequence of the list, and what is done to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub kind: Kind,
    pub rows: Vec<Row>,
    pub cursor: Cursor,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The token as it was when this was asked.
    pub pat: Pat,
    /// What is to be done, or why nothing is.
    pub plan: Result<Retry, Skip>,
    /// What became of it, where something else was begun since.
    kept: Option<Work>,
}

/// Why nothing is done to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Skip {
    #[error("skipped: expired")]
    Expired,
    #[error("skipped: revoked")]
    Revoked,
    /// Something else is under way.
    #[error("skipped: being changed")]
    Busy,
    /// It ends later than what is asked for.
    #[error("no change: ends later")]
    EndsLater,
}

/// How far one of them is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage<'a> {
    Skipped(Skip),
    /// Confirmed, and not sent yet.
    Waiting(&'a Work),
    /// Sent, and not answered yet.
    Running(&'a Work),
    /// The service confirmed it.
    Done(&'a Work),
    Failed(&'a Failure),
    /// Whether it was done nobody knows.
    Unknown(&'a Failure),
    /// It was stopped before it was sent.
    Stopped,
    /// It was taken back before it was sent, or could not be sent any more.
    LeftAlone,
}

/// How many are how far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    pub waiting: usize,
    pub running: usize,
    pub done: usize,
    pub failed: usize,
    pub unknown: usize,
    /// Stopped, taken back, or not to be sent any more.
    pub left_alone: usize,
    pub skipped: usize,
}

impl Row {
    pub fn new(pat: Pat, plan: Result<Retry, Skip>) -> Self {
        Self { pat, plan, kept: None }
    }

    pub fn stage<'a>(&'a self, works: &'a Works) -> Stage<'a> {
        let kind = match &self.plan {
            Ok(what) => what.kind(),
            Err(skip) => return Stage::Skipped(*skip),
        };
        // Whatever else is done to it since does not stand here.
        let work = works.get(self.pat.id).filter(|work| work.kind() == kind);
        match self.kept.as_ref().or(work) {
            None => Stage::LeftAlone,
            Some(Work::Stopped { .. }) => Stage::Stopped,
            Some(work @ Work::Failed { failure, .. }) if work.is_unknown() => {
                Stage::Unknown(failure)
            }
            Some(Work::Failed { failure, .. }) => Stage::Failed(failure),
            Some(work) if work.is_scheduled() => Stage::Waiting(work),
            Some(work) if work.is_running() => Stage::Running(work),
            Some(work) => Stage::Done(work),
        }
    }
}

impl Batch {
    pub fn new(kind: Kind, rows: Vec<Row>) -> Self {
        Self { kind, rows, cursor: Cursor::default() }
    }

    /// Those to which something is done.
    pub fn able(&self) -> impl Iterator<Item = (&Pat, &Retry)> {
        self.rows.iter().filter_map(|row| Some((&row.pat, row.plan.as_ref().ok()?)))
    }

    /// The row that the cursor is on.
    pub fn selected(&self) -> Option<&Row> {
        self.rows.get(self.cursor.selected())
    }

    pub fn totals(&self, works: &Works) -> Totals {
        let mut totals = Totals::default();
        for row in &self.rows {
            *match row.stage(works) {
                Stage::Skipped(_) => &mut totals.skipped,
                Stage::Waiting(_) => &mut totals.waiting,
                Stage::Running(_) => &mut totals.running,
                Stage::Done(_) => &mut totals.done,
                Stage::Failed(_) => &mut totals.failed,
                Stage::Unknown(_) => &mut totals.unknown,
                Stage::Stopped | Stage::LeftAlone => &mut totals.left_alone,
            } += 1;
        }
        totals
    }

    /// Remembers what is over, before the works forget it.
    pub fn keep(&mut self, works: &Works) {
        for row in &mut self.rows {
            let kept = match row.stage(works) {
                Stage::Done(work) => Some(work.clone()),
                Stage::Stopped => works.get(row.pat.id).cloned(),
                _ => None,
            };
            row.kept = row.kept.take().or(kept);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        effect::OrderId,
        failure::FailureKind,
        pat::fixture::{now, pat},
    };

    fn three() -> Batch {
        let row = |number| Row::new(pat(number), Ok(Retry::Revoke));
        let skipped = Row::new(pat(3), Err(Skip::Expired));
        Batch::new(Kind::Revoke, vec![row(1), row(2), skipped])
    }

    #[test]
    fn a_row_tells_what_became_of_its_own_change_only() {
        let (batch, mut works) = (three(), Works::default());
        let stage = |works: &Works| format!("{:?}", batch.rows[0].stage(works));
        assert_eq!(batch.rows[2].stage(&works), Stage::Skipped(Skip::Expired));
        assert_eq!(batch.rows[0].stage(&works), Stage::LeftAlone);
        works.queue(pat(1).id, Retry::Revoke);
        assert!(stage(&works).starts_with("Waiting"));
        works.set(pat(1).id, Work::Revoking { order: OrderId(1) });
        assert!(stage(&works).starts_with("Running"));
        for (kind, word) in [
            (FailureKind::Service, "Failed"),
            (FailureKind::Unconfirmed, "Unknown"),
            (FailureKind::NotFound, "Unknown"),
        ] {
            let failure = Failure::new(kind, "revoke it", "a fault");
            works.set(pat(1).id, Work::Failed { failure, retry: Retry::Revoke });
            assert!(stage(&works).starts_with(word), "{}", stage(&works));
        }
        works.set(pat(1).id, Work::Revoked { at: now() });
        assert!(stage(&works).starts_with("Done"));
        works.set(pat(1).id, Work::Extending { order: OrderId(2), to: now() });
        assert_eq!(batch.rows[0].stage(&works), Stage::LeftAlone, "that is another change");
    }

    #[test]
    fn what_is_over_stays_told_when_the_works_forget_it() {
        let (mut batch, mut works) = (three(), Works::default());
        works.set(pat(1).id, Work::Revoked { at: now() });
        works.set(pat(2).id, Work::Stopped { what: Retry::Revoke });
        let totals = Totals { done: 1, left_alone: 1, skipped: 1, ..Totals::default() };
        assert_eq!(batch.totals(&works), totals);
        batch.keep(&works);
        works.forget_done();
        assert_eq!(batch.totals(&works), totals);
        assert_eq!(batch.rows[1].stage(&works), Stage::Stopped);
    }
}
