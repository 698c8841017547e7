//! Several tokens at once: the question with a row for each, and what becomes of each.

use azpat::{
    effect::OrderId,
    failure::{Failure, FailureKind},
    pat::limit::{Limit, Rule},
    state::{
        State,
        batch::Batch,
        mode::{
            Mode,
            confirm::{Confirm, Focus, Question},
        },
        work::{Kind, Retry, Work},
    },
};
use chrono::TimeDelta;

use super::{
    builder::{at, batch, draw, id, lines, main_screen, now, order, organization, text, work},
    stories::snapshot,
};

const ALL: [u128; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14];

fn asking(batch: Batch) -> State {
    let mut state = main_screen();
    let able = batch.able().count().to_string();
    state.mode = Mode::Confirm(Confirm::new(Question::Batch(batch), Some(able)));
    state
}

#[test]
fn the_question_has_a_row_for_each() {
    let mut state = asking(batch(Kind::Revoke, &ALL));
    if let Mode::Confirm(confirm) = &mut state.mode {
        confirm.typed = Some(("11".to_owned(), "11".into()));
        confirm.focus = Focus::Confirm;
    }
    snapshot("batch_revoke_140x40", &state);
    snapshot("batch_revoke_80x24", &at(state, 80, 24));
    let mut state = asking(batch(Kind::Extend, &[1, 2, 3, 14]));
    let seen = Limit { rule: Rule::Shortened(TimeDelta::days(99)), seen: now() };
    state.traffic.limits.insert(organization("contoso"), seen);
    snapshot("batch_extend_80x24", &at(state, 80, 24));
}

/// Check: on the smallest screen the buttons, what is to be typed and a row at least.
#[test]
fn the_smallest_screen_has_the_buttons_and_a_row() {
    for kind in [Kind::Extend, Kind::Revoke] {
        let state = at(asking(batch(kind, &ALL)), 40, 10);
        let (buffer, cursor) = draw(&state);
        let screen = lines(&buffer);
        assert!(screen[usize::from(cursor.y)].contains('>'), "{screen:#?}");
        let screen = screen.join("\n");
        for words in ["release", "Cancel", "Type 11 first", "11 tokens?"] {
            assert!(screen.contains(words), "{words}: {screen}");
        }
    }
    snapshot("batch_revoke_40x10", &at(asking(batch(Kind::Revoke, &ALL)), 40, 10));
    snapshot("batch_extend_40x10", &at(asking(batch(Kind::Extend, &ALL)), 40, 10));
}

fn failure(kind: FailureKind) -> Failure {
    let attempt = "extend nuget-publish (id …00000003) in fabrikam";
    let why = "the organization allows at most 45 days (patLifespanPolicyViolation)";
    let mut failure = Failure::new(kind, attempt, why).hint("+ picks less");
    failure.support_id = Some("d2b9a1c0-77aa-4d1c-a9f3-0a8d8f6f1c11".to_owned());
    failure
}

/// One of each stage.
fn shown(selected: usize) -> State {
    let mut state = main_screen();
    let mut batch = batch(Kind::Extend, &ALL);
    batch.cursor.select(selected, ALL.len(), ALL.len());
    state.batch = Some(batch);
    state.mode = Mode::Batch;
    let to = now() + TimeDelta::days(90);
    let retry = Retry::Extend { to };
    let extended = |granted, shortened| Work::Extended { requested: to, granted, shortened };
    work(&mut state, 1, extended(to, false));
    work(&mut state, 2, extended(now() + TimeDelta::days(20), true));
    work(&mut state, 3, Work::Failed { failure: failure(FailureKind::Refused), retry });
    work(&mut state, 4, Work::Failed { failure: failure(FailureKind::Unconfirmed), retry });
    work(&mut state, 5, Work::Extending { order: order(), to });
    work(&mut state, 6, Work::Stopped { what: retry });
    for number in 7..11 {
        state.works.queue(id(number), retry);
    }
    state
}

#[test]
fn each_row_says_what_became_of_it() {
    snapshot("batch_140x40", &shown(2));
    snapshot("batch_80x24", &at(shown(2), 80, 24));
    snapshot("batch_not_known_80x24", &at(shown(3), 80, 24));
    snapshot("batch_40x10", &at(shown(2), 40, 10));
    let mut state = at(shown(1), 80, 24);
    state.setting.look.has_unicode = false;
    snapshot("batch_ascii", &state);
}

#[test]
fn a_revocation_that_waits_says_how_long() {
    let mut state = main_screen();
    state.batch = Some(batch(Kind::Revoke, &[1, 2, 5, 14]));
    state.mode = Mode::Batch;
    work(&mut state, 1, Work::RevokeScheduled { due: now() + TimeDelta::seconds(6) });
    work(&mut state, 2, Work::Revoking { order: OrderId(7) });
    work(&mut state, 5, Work::Revoked { at: now() });
    let screen = text(&at(state, 80, 24));
    for words in ["waiting: revoked in 6 s", "revoking", "done: revoked 11:30", "skipped: expired"]
    {
        assert!(screen.contains(words), "{words}: {screen}");
    }
    assert!(
        screen.contains("Revoke: 1 of 3 done, 1 under way, 1 waiting, 1 left alone"),
        "{screen}"
    );
}
