//! Making a token: the form, its scopes, and the secret that comes of it.

use azpat::{
    config::SinkKind,
    desktop::Clipboard,
    failure::{Failure, FailureKind},
    pat::change::Ground,
    sink::{Choice, Delivered, Shown},
    state::{
        State,
        clipboard::Copying,
        custody::{
            Choice as Leave, Held, Leaving, NewFile, Page,
            delivering::{Place, Step, UnderWay},
        },
        mode::{
            Mode,
            confirm::{Confirm, Question},
            form::{Fault, Field, Form},
        },
    },
};
use chrono::TimeDelta;

use super::{
    builder::{SECRET, at, form, held, lines, main_screen, now, order, picking, text},
    stories::snapshot,
};

fn making(form: Form) -> State {
    let mut state = main_screen();
    state.mode = Mode::Form(Box::new(form));
    state
}

fn filled() -> Form {
    let mut form = form();
    form.name = "release-bot".into();
    form.organization = 1;
    form.scopes = vec!["vso.code_write".to_owned(), "vso.brand_new".to_owned()];
    form.focus = Field::Send;
    form
}

#[test]
fn the_form() {
    snapshot("form_140x40", &making(form()));
    snapshot("form_80x24", &at(making(filled()), 80, 24));
    snapshot("form_40x10", &at(making(filled()), 40, 10));
    let mut full = filled();
    full.scopes = vec!["app_token".to_owned()];
    full.consent = "full a".into();
    full.focus = Field::Consent;
    snapshot("form_full_access", &at(making(full), 80, 24));
    let sent = Form { sent: Some(order()), ..filled() };
    snapshot("form_sent", &at(making(sent), 80, 24));
}

#[test]
fn what_is_wrong_stands_at_its_field() {
    let mut wrong = form();
    wrong.end.chosen = wrong.end.choices.len() - 1;
    wrong.end.date = "2026-11-2".into();
    wrong.focus = Field::End;
    wrong.faults = wrong.check(None, now(), azpat::when::Zone::utc()).unwrap_err();
    snapshot("form_wrong", &at(making(wrong.clone()), 80, 24));
    snapshot("form_wrong_40x10", &at(making(wrong), 40, 10));
    let why = "a policy limits how long a token may live [patLifespanPolicyViolation]";
    let failure = Failure::new(FailureKind::Refused, "create release-bot in fabrikam", why)
        .hint("choose an earlier date");
    let failure = Failure { ground: Some(Ground::Lifespan), ..failure };
    let fault = Fault::of(&failure);
    let refused = Form { focus: fault.field, faults: vec![fault], ..filled() };
    snapshot("form_refused", &at(making(refused), 80, 24));
}

#[test]
fn a_change_before_it_is_sent() {
    let pats = super::builder::pats();
    let mut edit = Form::of(&pats[3], TimeDelta::days(30));
    snapshot("edit_80x24", &at(making(edit.clone()), 80, 24));
    edit.name = "laptop-git on build-01".into();
    edit.end.chosen = 3;
    edit.scopes = vec!["vso.code".to_owned(), "vso.packaging_write".to_owned()];
    edit.focus = Field::Send;
    snapshot("edit_changed", &at(making(edit.clone()), 80, 24));
    snapshot("edit_changed_40x10", &at(making(edit), 40, 10));
    let organizations = vec!["contoso".parse().unwrap(), "fabrikam".parse().unwrap()];
    let clone = Form::like(&pats[7], organizations, TimeDelta::days(30));
    snapshot("clone_80x24", &at(making(clone), 80, 24));
}

#[test]
fn the_cursor_is_where_one_types() {
    let mut form = form();
    form.name = "bot".into();
    let state = at(making(form), 80, 24);
    let (screen, cursor) = super::builder::draw(&state);
    let line = &lines(&screen)[usize::from(cursor.y)];
    let before: String = line.chars().take(cursor.x.into()).collect();
    assert!(before.ends_with("bot"), "{line}");
}

#[test]
fn the_scopes() {
    snapshot("scopes_140x40", &making(picking()));
    let mut searched = picking();
    if let Some(picker) = &mut searched.picker {
        picker.search = "pack".into();
    }
    snapshot("scopes_80x24", &at(making(searched), 80, 24));
    snapshot("scopes_40x10", &at(making(picking()), 40, 10));
}

fn holding(held: Held) -> State {
    let mut state = main_screen();
    state.custody.held = Some(Box::new(held));
    state.mode = Mode::Secret;
    state
}

fn on(page: Page) -> Held {
    let mut held = held();
    held.page = page;
    held
}

/// The secret at any length that could be recognised.
fn shows_secret(state: &State) -> bool {
    let screen = text(state);
    SECRET.as_bytes().windows(8).any(|part| screen.contains(std::str::from_utf8(part).unwrap()))
}

#[test]
fn the_secret() {
    snapshot("secret_140x40", &holding(held()));
    snapshot("secret_80x24", &at(holding(held()), 80, 24));
    snapshot("secret_40x10", &at(holding(held()), 40, 10));
    let mut shown = held();
    shown.show(now() - TimeDelta::seconds(7));
    snapshot("secret_shown", &at(holding(shown), 80, 24));
    let mut saved = held();
    saved.places.push(Place::File("/home/ada/pat".into()));
    saved.creation.requested += TimeDelta::days(60);
    snapshot("secret_saved", &at(holding(saved), 80, 24));
    let mut copied = held();
    copied.copied = Some(Clipboard::System);
    let mut state = at(holding(copied), 80, 24);
    state.clipboard.secret_until = Some(now() + TimeDelta::seconds(43));
    snapshot("secret_copied", &state);
    state.mode = Mode::Browse;
    state.custody.held = None;
    snapshot("secret_on_the_clipboard", &at(state, 140, 12));
    let mut given = held();
    given.copied = Some(Clipboard::Terminal);
    snapshot("secret_given_to_the_terminal", &at(holding(given), 80, 24));
    let mut state = at(holding(held()), 80, 24);
    let question = Question::CopyByTerminal(Copying::Secret);
    state.mode = Mode::Confirm(Confirm::new(question, None));
    snapshot("confirm_copy_by_terminal", &state);
    snapshot("confirm_copy_by_terminal_40x10", &at(state, 40, 10));
    let failure = Failure::new(FailureKind::Usage, "write ~/pat", "it is there already")
        .hint("choose another name");
    let file = NewFile { path: "~/pat".into(), order: None, failure: Some(failure) };
    let saving = on(Page::File(file));
    snapshot("secret_file", &at(holding(saving), 80, 24));
    let leaving = |choice| Page::Leaving(Leaving { choice, then_quit: false });
    let leave = on(leaving(Leave::Stay));
    snapshot("secret_leaving", &at(holding(leave), 80, 24));
    let leave = on(leaving(Leave::Revoke));
    snapshot("secret_leaving_40x10", &at(holding(leave), 40, 10));
    let revoking = on(Page::Revoking { order: order(), then_quit: false });
    snapshot("secret_revoking", &at(holding(revoking), 80, 24));
}

fn delivering(step: Step) -> State {
    let mut held = on(Page::Deliver);
    held.delivering.go(step);
    let mut state = holding(held);
    state.custody.sinks = choices();
    state
}

fn choices() -> Vec<Choice> {
    let own = Choice { name: "build agent".to_owned(), kind: SinkKind::Command };
    let kinds = [SinkKind::Keyring, SinkKind::Git, SinkKind::Npmrc, SinkKind::Maven];
    let more = [SinkKind::Nuget, SinkKind::Pip, SinkKind::Pypirc, SinkKind::Netrc];
    let usual = kinds.into_iter().chain(more);
    let usual = usual.map(|kind| Choice { name: kind.as_str().to_owned(), kind });
    std::iter::once(own).chain(usual).collect()
}

pub(crate) fn plan() -> Shown {
    let line = "//pkgs.dev.azure.com/contoso/_packaging/libs/npm/registry/:";
    Shown {
        target: "~/.npmrc".to_owned(),
        difference: vec![
            (' ', "registry=https://registry.npmjs.org/".to_owned()),
            ('-', format!("{line}_password=***")),
            ('+', format!("{line}_password=***")),
            ('+', format!("{line}email=nobody@example.org")),
        ],
        notes: vec!["others can read it; azpat makes it yours alone".to_owned()],
    }
}

#[test]
fn the_delivery() {
    let mut chosen = delivering(Step::Choosing);
    snapshot("deliver_80x24", &at(delivering(Step::Choosing), 80, 24));
    if let Some(held) = &mut chosen.custody.held {
        held.delivering.cursor.select(7, 9, 9);
    }
    snapshot("deliver_40x10", &at(chosen, 40, 10));
    let planned = || delivering(Step::Planned { sink: "npmrc".to_owned(), plan: plan() });
    snapshot("deliver_planned", &at(planned(), 80, 24));
    snapshot("deliver_planned_40x10", &at(planned(), 40, 10));
    let under_way = |is_there| {
        let target = "~/.npmrc".to_owned();
        let under_way = UnderWay { order: order(), target, is_there, tested: None };
        delivering(Step::UnderWay(under_way))
    };
    snapshot("deliver_under_way", &at(under_way(false), 80, 24));
    snapshot("deliver_tried", &at(under_way(true), 80, 24));
    let notes = vec!["as it was it is kept as ~/.npmrc.azpat-old".to_owned()];
    let delivered = Delivered { target: "~/.npmrc".to_owned(), notes };
    let tested = Some("contoso accepts it, as Ada Lovelace".to_owned());
    let done = delivering(Step::Done { delivered, tested });
    snapshot("deliver_done", &at(done, 80, 24));
    let failure = Failure::new(FailureKind::Service, "write ~/.npmrc", "the disk is full")
        .hint("make room, or choose another place");
    let failed = Step::Failed { failure: failure.clone(), target: None };
    snapshot("deliver_failed", &at(delivering(failed), 80, 24));
    let failed = Step::Failed { failure, target: Some("~/.npmrc".to_owned()) };
    snapshot("deliver_failed_40x10", &at(delivering(failed), 40, 10));
    let mut kept = held();
    kept.places.push(Place::Sink("~/.npmrc".to_owned()));
    snapshot("secret_delivered", &at(holding(kept), 80, 24));
}

#[test]
fn a_secret_is_covered_unless_asked_for_and_after_half_a_minute() {
    for (width, height) in [(140, 40), (80, 24), (40, 10), (20, 6)] {
        let mut state = at(holding(held()), width, height);
        assert!(!shows_secret(&state), "{width}");
        if let Some(held) = &mut state.custody.held {
            held.show(now());
        }
        assert!(shows_secret(&state), "{width}");
        state.clock.local = now() + TimeDelta::seconds(30);
        assert!(!shows_secret(&state), "{width}");
        // A clock that is set back does not bring it back.
        state.clock.local = now() - TimeDelta::seconds(1);
        assert!(!shows_secret(&state), "{width}");
    }
}
