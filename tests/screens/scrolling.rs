//! What is longer than the screen can be read to its end, by keys and by wheel.

use std::collections::HashSet;

use azpat::{
    action::Action,
    event::Event,
    failure::{Failure, FailureKind},
    identity::Tenant,
    state::{
        State,
        custody::{Page, delivering::Step},
        mode::{Mode, sign_in::Prompt},
        session::Session,
    },
    update,
};
use uuid::Uuid;

use super::builder::{
    accounts, at, browser, code, empty, held, known, lines, main_screen, now, refused, text,
};
use super::making::plan;

/// The words of a screen's lines, without what frames them.
fn said(state: &State) -> Vec<String> {
    let lines = lines(&super::builder::draw(state).0);
    let frame = |c: char| c == ' ' || ('\u{2500}'..='\u{257F}').contains(&c);
    lines.iter().map(|line| line.trim_matches(frame).to_owned()).collect()
}

/// What can be seen of it in these many lines while one does the same until nothing moves.
fn read(state: &mut State, height: u16, action: &Action) -> HashSet<String> {
    drop(update::on_event(state, Event::Resized { width: 40, height }));
    let mut seen: HashSet<String> = HashSet::new();
    let mut before = Vec::new();
    while before != said(state) {
        before = said(state);
        seen.extend(before.iter().cloned());
        drop(update::on_action(state, action));
    }
    seen
}

fn can_be_read(mut state: State) {
    let mut whole = read(&mut state, 60, &Action::Scroll(0));
    // Behind the dialog, and the keys.
    whole.retain(|line| {
        !line.is_empty()
            && !line.contains("connecting")
            && !line.contains("help")
            && line != "azpat"
    });
    for action in [Action::Next, Action::PageDown, Action::Scroll(3)] {
        drop(update::on_event(&mut state, Event::Resized { width: 40, height: 10 }));
        for _ in 0..9 {
            drop(update::on_action(&mut state, &Action::PageUp));
        }
        assert!(text(&state).contains("below: j"), "{}", text(&state));
        let seen = read(&mut state, 10, &action);
        for line in &whole {
            assert!(seen.contains(line), "{action:?} {line:?} {seen:#?}");
        }
        assert!(text(&state).contains("above: k"), "{}", text(&state));
    }
}

#[test]
fn the_delivery_before_it_is_made() {
    let mut state = empty(Session::Connecting);
    let mut held = held();
    held.page = Page::Deliver;
    held.delivering.go(Step::Planned { sink: "npmrc".to_owned(), plan: plan() });
    state.custody.held = Some(Box::new(held));
    state.mode = Mode::Secret;
    can_be_read(state);
}

#[test]
fn the_set_up() {
    let mut state = empty(Session::Missing);
    state.setting.config = Some("/home/ada/.config/azpat/config.json".into());
    can_be_read(state);
    let mut state = at(empty(Session::Failed(refused())), 80, 40);
    assert!(text(&state).contains("az ad app create"), "{}", text(&state));
    state.setting.can_sign_in = true;
    assert!(!text(&state).contains("az ad app create"), "there is one already");
    state.setting.can_sign_in = false;
    can_be_read(state);
    let failure = Failure::new(FailureKind::Network, "sign in", "no answer came");
    let state = at(empty(Session::Failed(failure)), 80, 40);
    assert!(!text(&state).contains("az ad app create"), "no app helps here");
}

fn signing_in(prompt: Prompt) -> State {
    let mut state = empty(Session::Connecting);
    state.sign_in.prompt = Some(prompt);
    state.mode = Mode::SignIn;
    state.clock.local = now();
    state
}

#[test]
fn the_sign_in() {
    for opened in [Ok(()), Err(refused())] {
        can_be_read(signing_in(browser(Some(opened))));
    }
    let screen = text(&at(signing_in(code("WMZTT8MBK")), 40, 10));
    assert!(screen.contains("W M Z T T 8 M B K") && screen.contains("began this"), "{screen}");
}

#[test]
fn the_time_that_is_left_is_in_sight_however_far_one_scrolls() {
    let mut state = at(signing_in(browser(Some(Ok(())))), 40, 10);
    for _ in 0..9 {
        assert!(text(&state).contains("4:59 left"), "{}", text(&state));
        drop(update::on_action(&mut state, &Action::Next));
    }
}

#[test]
fn a_code_names_azpat_and_the_tenant() {
    let of = |wanted: Tenant, mut state: State| {
        let mut prompt = code("WMZTT8MBK");
        if let Prompt::DeviceCode { tenant, .. } = &mut prompt {
            *tenant = wanted;
        }
        state.sign_in.prompt = Some(prompt);
        state.mode = Mode::SignIn;
        text(&at(state, 200, 40))
    };
    let nobody = || empty(Session::Connecting);
    let mut known_ones = main_screen();
    accounts(&mut known_ones);
    let of_ada = known(1, "ada@contoso.com", &[]).tenants[0];
    for (screen, words) in [
        (of(Tenant::Organizations, nobody()), "azpat signs in to your organization's tenant."),
        (of(Tenant::Domain("contoso.com".into()), nobody()), "azpat signs in to contoso.com."),
        (
            of(Tenant::Id(Uuid::nil()), nobody()),
            "to the tenant 00000000-0000-0000-0000-000000000000",
        ),
        (of(Tenant::Id(of_ada), known_ones), "azpat signs in to the tenant of ada@contoso.com."),
    ] {
        assert!(screen.contains(words), "{words} {screen}");
    }
}

#[test]
fn only_the_page_for_the_code_is_worth_a_square() {
    for (prompt, has_square) in [(browser(Some(Ok(()))), false), (code("WMZTT8MBK"), true)] {
        let screen = text(&at(signing_in(prompt), 200, 60));
        assert_eq!(screen.contains('▀'), has_square, "{screen}");
    }
}
