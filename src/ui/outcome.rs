//! What became of one of several tokens, in the words of its row and of the lines below the rows.

use super::{batch::Said, ink::Ink, progress, row::ends_day, theme::Role};
use crate::{
    failure::Failure,
    state::{
        State,
        batch::{Row, Stage},
        work::Work,
    },
    when,
};

/// In the row.
pub(super) fn short(state: &State, ink: Ink, row: &Row) -> Said {
    let glyphs = ink.glyphs;
    match row.stage(&state.works) {
        Stage::Skipped(skip) => (Role::Dim, glyphs.revoked, skip.to_string()),
        Stage::Waiting(Work::RevokeScheduled { due }) => {
            let seconds = progress::seconds(state, *due);
            (Role::Text, glyphs.to_come, format!("waiting: revoked in {seconds} s"))
        }
        Stage::Waiting(_) => (Role::Text, glyphs.to_come, "waiting".to_owned()),
        Stage::Running(work) => (Role::Accent, ink.spinner(), running(state, work)),
        Stage::Done(work) => done(state, ink, work),
        Stage::Failed(failure) => {
            (Role::Critical, glyphs.failed, format!("failed: {}", failure.why))
        }
        Stage::Unknown(_) => (Role::Warning, "?", "not known".to_owned()),
        Stage::Stopped => (Role::Dim, glyphs.revoked, "stopped, not sent".to_owned()),
        Stage::LeftAlone => (Role::Dim, glyphs.revoked, "left alone, not sent".to_owned()),
    }
}

fn running(state: &State, work: &Work) -> String {
    match work {
        Work::Extending { to, .. } => format!("extending to {}", ends_day(state, *to)),
        Work::Revoking { order } if state.custody.verifying.contains(order) => {
            "revoked; verifying".to_owned()
        }
        _ => "revoking".to_owned(),
    }
}

fn done(state: &State, ink: Ink, work: &Work) -> Said {
    match work {
        Work::Extended { requested, granted, shortened: true } => {
            let (granted, requested) = (ends_day(state, *granted), ends_day(state, *requested));
            (Role::Warning, ink.glyphs.expiring, format!("ends {granted}, not {requested}"))
        }
        Work::Extended { granted, .. } => {
            (Role::Ok, ink.glyphs.done, format!("done: ends {}", ends_day(state, *granted)))
        }
        Work::Revoked { at } => {
            let time = when::time(*at, state.setting.zone);
            (Role::Ok, ink.glyphs.done, format!("done: revoked {time}"))
        }
        _ => (Role::Ok, ink.glyphs.done, "done".to_owned()),
    }
}

/// Below the rows: everything that is known, and what helps. Where it is narrow, what stands in
/// the row is not said again.
pub(super) fn long(state: &State, ink: Ink, row: &Row, is_narrow: bool) -> Vec<(Role, String)> {
    let before = when::day(row.pat.valid_to, state.setting.zone);
    match row.stage(&state.works) {
        Stage::Skipped(skip) => vec![(Role::Text, format!("{skip}; nothing was sent for it"))],
        Stage::Waiting(Work::Queued { .. }) => {
            let text = "waits for its turn: u takes it back, s stops all that wait";
            vec![(Role::Text, text.to_owned())]
        }
        Stage::Waiting(work) | Stage::Running(work) => {
            vec![(Role::Text, progress::long(state, work).join("; "))]
        }
        Stage::Done(work) => {
            let mut text = progress::long(state, work).join("; ");
            if matches!(work, Work::Extended { .. }) {
                text = format!("ended {before}; the service confirmed: {text}");
            }
            vec![(Role::Text, text)]
        }
        Stage::Failed(failure) => failed(ink, failure, "! tries again", is_narrow),
        Stage::Unknown(failure) => failed(ink, failure, "! reads the lists first", is_narrow),
        Stage::Stopped | Stage::LeftAlone => {
            vec![(Role::Text, format!("nothing was sent for it; it ends {before}"))]
        }
    }
}

fn failed(ink: Ink, failure: &Failure, key: &str, is_narrow: bool) -> Vec<(Role, String)> {
    let why = if is_narrow {
        failure.why.clone()
    } else {
        format!("cannot {}: {}", failure.attempt, failure.why)
    };
    let mut said = vec![(Role::Text, why)];
    let mut rest: Vec<_> = failure.hint.iter().cloned().collect();
    rest.extend(failure.support_id.as_ref().map(|id| format!("support id {id}")));
    rest.push(key.to_owned());
    said.push((Role::Text, rest.join(ink.glyphs.separator)));
    said
}
