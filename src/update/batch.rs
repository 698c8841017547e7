//! Several tokens at once: asked with a row for each, and shown with what becomes of each.

#![expect(clippy::wildcard_enum_match_arm, reason = "actions of other modes mean nothing here")]

use super::{overlay, queue, revoke, writes};
use crate::{
    action::Action,
    effect::Effects,
    pat::{AuthorizationId, Pat, Status},
    state::{
        State,
        batch::{Batch, Row, Skip, Stage},
        mode::{
            Mode,
            confirm::{Confirm, Question},
        },
        work::{Kind, Retry, Work},
    },
    ui,
};

/// Why nothing can be done to a token now.
pub(super) fn skip(state: &State, pat: &Pat) -> Option<Skip> {
    match state.status(pat) {
        Status::Expired => Some(Skip::Expired),
        Status::Revoked => Some(Skip::Revoked),
        Status::Critical | Status::Expiring | Status::Active => {
            let is_over = state.works.get(pat.id).is_none_or(Work::is_over);
            (!is_over).then_some(Skip::Busy)
        }
    }
}

/// Opens the question about these.
pub(super) fn ask(state: &mut State, kind: Kind, rows: Vec<Row>) {
    let batch = Batch::new(kind, rows);
    let able = batch.able().count();
    state.mode = Mode::Confirm(Confirm::new(Question::Batch(batch), Some(able.to_string())));
}

/// Confirmed: it is begun, and shown while it goes on.
pub(super) fn begin(state: &mut State, batch: Batch) -> Effects {
    let kind = batch.kind;
    let able: Vec<_> = batch.able().map(|(pat, what)| (pat.id, *what)).collect();
    forget(state);
    state.batch = Some(Batch::new(kind, batch.rows));
    state.mode = Mode::Batch;
    state.table.anchor = None;
    let due = state.clock.local + state.setting.preferences.revoke_grace;
    for (id, what) in able {
        // The list may have changed while the question was open.
        if state.inventory.get(id).is_none_or(|pat| skip(state, pat).is_some()) {
            continue;
        }
        state.table.marks.remove(&id);
        match what {
            Retry::Revoke => state.works.set(id, Work::RevokeScheduled { due }),
            Retry::Extend { .. } => state.works.queue(id, what),
        }
    }
    queue::send(state)
}

/// A new round is counted from zero; of the last one the table still tells what is over.
pub(super) fn forget(state: &mut State) {
    if let Some(batch) = &mut state.batch {
        batch.keep(&state.works);
    }
    state.works.forget_done();
}

pub(super) fn open(state: &mut State) {
    if state.batch.is_some() {
        state.mode = Mode::Batch;
    }
}

pub(super) fn act(state: &mut State, action: &Action) -> Effects {
    match action {
        Action::Back => close(state),
        Action::Stop => stop(state),
        Action::Undo => undo(state),
        Action::Retry => {
            let ids = ids(state, |stage| matches!(stage, Stage::Failed(_) | Stage::Unknown(_)));
            return queue::retry(state, |id| ids.contains(&id));
        }
        _ => {
            let height = ui::batch::visible_rows(state);
            if let Some(batch) = &mut state.batch {
                overlay::walk(&mut batch.cursor, action, batch.rows.len(), height);
            }
        }
    }
    Effects::none()
}

/// The tokens of the table that are so far.
fn ids(state: &State, is_meant: impl Fn(Stage<'_>) -> bool) -> Vec<AuthorizationId> {
    let rows = state.batch.iter().flat_map(|batch| &batch.rows);
    let meant = rows.filter(|row| is_meant(row.stage(&state.works)));
    meant.map(|row| row.pat.id).collect()
}

fn close(state: &mut State) {
    state.mode = Mode::Browse;
    let is_open = |stage: Stage<'_>| matches!(stage, Stage::Waiting(_) | Stage::Running(_));
    let open = ids(state, is_open).len();
    if open > 0 {
        state.notices.done(format!("{open} go on in the background: B shows them again"));
    }
}

/// Whatever waits, for its time or for its turn, is not sent.
fn stop(state: &mut State) {
    let Some(batch) = &state.batch else { return };
    let waiting =
        batch.rows.iter().filter(|row| matches!(row.stage(&state.works), Stage::Waiting(_)));
    let waiting: Vec<_> =
        waiting.filter_map(|row| Some((row.pat.id, *row.plan.as_ref().ok()?))).collect();
    queue::stop_these(state, waiting);
}

/// Takes back the selected one, as long as it was not sent.
fn undo(state: &mut State) {
    let row = state.batch.as_ref().and_then(Batch::selected);
    let waits = row.filter(|row| matches!(row.stage(&state.works), Stage::Waiting(_)));
    match waits.map(|row| row.pat.id) {
        Some(id) => revoke::keep(state, &[id]),
        None => state.notices.warn("it does not wait any more, so it cannot be taken back"),
    }
    writes::summarize(state);
}

/// Keeps the selected row among the rows and on the screen.
pub(super) fn fit(state: &mut State) {
    let height = ui::batch::visible_rows(state);
    let batch = match &mut state.mode {
        Mode::Confirm(Confirm { question: Question::Batch(batch), .. }) => batch,
        Mode::Batch => {
            let Some(batch) = &mut state.batch else { return };
            batch
        }
        _ => return,
    };
    batch.cursor.fit(batch.rows.len(), height);
}
