//! One screen per story, as plain text. Review a changed one like code.

use std::time::Duration;

use azpat::{
    action::Layer,
    azure::Call,
    failure::{Failure, FailureKind},
    identity::Way,
    operations::{Completeness, Incomplete},
    pat::{
        AuthorizationId,
        limit::{Limit, Rule},
    },
    state::{
        Look, State,
        cursor::Cursor,
        mode::{
            Mode,
            confirm::{Confirm, Question},
            palette::Palette,
            sign_in::Prompt,
            stepper::Stepper,
        },
        session::Session,
        view::{Sort, View},
        work::{Retry, Work},
    },
};
use chrono::TimeDelta;

use super::builder::{
    accounts, at, browser, code, connection, draw, empty, filter, id, lines, listing, main_screen,
    now, order, organization, pat, refused, select, show, text, work,
};

pub(crate) fn snapshot(name: &str, state: &State) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, text(state)));
}

#[test]
fn the_list() {
    snapshot("main_140x40", &main_screen());
    snapshot("main_80x24", &at(main_screen(), 80, 24));
    snapshot("main_40x10", &at(main_screen(), 40, 10));
    snapshot("main_200x30", &at(main_screen(), 200, 30));
}

#[test]
fn the_detail_pane() {
    let mut state = main_screen();
    state.detail.is_open = true;
    snapshot("detail_beside", &state);
    state.detail.has_focus = true;
    state.detail.offset = 2;
    snapshot("detail_below_scrolled", &at(state, 80, 24));
    let mut state = main_screen();
    state.detail.is_open = true;
    select(&mut state, 7);
    snapshot("detail_unknown_scope", &state);
}

#[test]
fn filter_and_marks() {
    let mut state = main_screen();
    state.mode = Mode::Filter;
    filter(&mut state, "lap");
    snapshot("filter", &at(state, 80, 24));
    let mut state = main_screen();
    filter(&mut state, "status:active bot");
    state.table.marks = [id(1), id(2), id(5)].into_iter().collect();
    state.table.sort = Sort { descending: true, ..Sort::default() };
    snapshot("filtered_and_marked", &at(state, 80, 24));
}

fn extending(days: i64, ids: Vec<AuthorizationId>) -> State {
    let mut state = main_screen();
    select(&mut state, 1);
    state.mode = Mode::Extend(Stepper::new(ids, TimeDelta::days(days)));
    state
}

#[test]
fn extending_in_the_row() {
    let mut state = extending(30, vec![id(2)]);
    snapshot("extend", &state);
    let limit = |rule| Limit { rule, seen: now() - TimeDelta::days(9) };
    let seen = limit(Rule::Shortened(TimeDelta::days(45)));
    state.traffic.limits.insert(organization("contoso"), seen);
    snapshot("extend_limited_80x24", &at(state, 80, 24));
    let mut state = extending(30, vec![id(2)]);
    let seen = limit(Rule::Refused(TimeDelta::days(60)));
    state.traffic.limits.insert(organization("contoso"), seen);
    snapshot("extend_refused_80x24", &at(state, 80, 24));
    let mut state = extending(30, vec![id(2)]);
    if let Mode::Extend(stepper) = &mut state.mode {
        stepper.chosen = stepper.choices.len() - 1;
        stepper.date = "2026-11-2".into();
    }
    snapshot("extend_typed", &at(state, 80, 24));
    snapshot("extend_several", &extending(60, vec![id(2), id(3), id(4)]));
    snapshot("extend_40x10", &at(extending(90, vec![id(2)]), 40, 10));
}

fn failure() -> Failure {
    let attempt = "extend ci-deploy-prod (id …00000002) in contoso";
    let why = "the organization allows at most 45 days (patLifespanPolicyViolation)";
    let mut failure = Failure::new(FailureKind::Refused, attempt, why).hint("+ picks less");
    failure.support_id = Some("d2b9a1c0-77aa-4d1c-a9f3-0a8d8f6f1c11".to_owned());
    failure
}

fn at_work() -> State {
    let mut state = main_screen();
    let to = now() + TimeDelta::days(31);
    work(&mut state, 1, Work::RevokeScheduled { due: now() + TimeDelta::milliseconds(5_400) });
    work(&mut state, 2, Work::Failed { failure: failure(), retry: Retry::Extend { to } });
    work(&mut state, 3, Work::Revoking { order: order() });
    work(&mut state, 4, Work::Extending { order: order(), to });
    work(&mut state, 5, Work::Revoked { at: now() });
    let granted = now() + TimeDelta::days(20);
    let extended = |shortened| Work::Extended { requested: to, granted, shortened };
    work(&mut state, 6, extended(false));
    work(&mut state, 7, extended(true));
    state
}

#[test]
fn work_in_the_rows() {
    snapshot("works", &at_work());
    snapshot("works_80x24", &at(at_work(), 80, 24));
    snapshot("works_40x10", &at(at_work(), 40, 10));
    let mut state = at_work();
    state.detail.is_open = true;
    select(&mut state, 1);
    snapshot("works_failed_detail", &state);
}

#[test]
fn notices() {
    let mut state = main_screen();
    state.notices.fail(&failure());
    state.notices.done("name copied");
    snapshot("notice_failure_80x24", &at(state, 80, 24));
    let mut state = main_screen();
    state.notices.done("copied the name release-bot");
    snapshot("notice_done_80x24", &at(state, 80, 24));
}

fn asking(question: Question, must_type: Option<&str>) -> State {
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Confirm(Confirm::new(question, must_type.map(str::to_owned)));
    state
}

#[test]
fn questions() {
    snapshot("confirm_revoke", &asking(Question::Revoke { id: id(1) }, None));
    let mut state = asking(Question::Revoke { id: id(5) }, Some("terraform"));
    if let Mode::Confirm(Confirm { typed: Some((_, input)), .. }) = &mut state.mode {
        *input = "terra".into();
    }
    let cursor = draw(&state).1;
    let screen = lines(&draw(&state).0);
    assert!(screen[usize::from(cursor.y)].contains("> terra"), "{cursor}");
    snapshot("confirm_revoke_typed", &state);
    let mut state = at_work();
    state.mode = Mode::Confirm(Confirm::new(Question::Quit, None));
    snapshot("confirm_quit", &at(state, 80, 24));
}

#[test]
fn look_alike_names_are_pointed_out() {
    let mut state = at(listing(vec![pat(1, "\u{440}rod", TimeDelta::days(40))]), 80, 24);
    state.mode = Mode::Confirm(Confirm::new(Question::Revoke { id: id(1) }, None));
    assert!(text(&state).contains("mixes Latin and Cyrillic letters"));
}

#[test]
fn menus_and_logs() {
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Sort { before: Sort::default() };
    snapshot("sort", &state);
    state.mode = Mode::Calls(Cursor::default());
    snapshot("calls_none", &state);
    for number in 0..40_u16 {
        state.traffic.calls.push_back(call(number));
    }
    snapshot("calls", &state);
    let palette = |search: &str| Palette {
        search: search.into(),
        from: Some(Layer::List),
        ..Palette::default()
    };
    state.mode = Mode::Help(palette(""));
    snapshot("help_80x24", &state);
    snapshot("help_140x40", &at(state, 140, 40));
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Help(palette("revo"));
    snapshot("help_search", &state);
}

#[test]
fn organizations_with_what_is_known_of_them() {
    let mut state = main_screen();
    state.listing.results.insert(
        organization("fabrikam"),
        Err(Failure::new(
            FailureKind::Network,
            "list the tokens of fabrikam",
            "no answer within 30 seconds",
        )),
    );
    state.listing.read.insert(organization("fabrikam"), now() - TimeDelta::minutes(17));
    state.mode = Mode::Organizations(Cursor::default());
    snapshot("organizations_140x40", &state);
    let mut cursor = Cursor::default();
    cursor.select(2, 3, 3);
    state.mode = Mode::Organizations(cursor);
    let state = at(state, 80, 24);
    snapshot("organizations_80x24", &state);
    snapshot("organizations_40x10", &at(state, 40, 10));
}

fn call(number: u16) -> Call {
    let is_bad = number == 39;
    Call {
        at: now() + TimeDelta::seconds(number.into()),
        method: if is_bad { "PUT" } else { "GET" },
        target: "vssps.dev.azure.com/contoso/_apis/tokens/pats?displayFilterOption=active&$top=100"
            .to_owned(),
        status: (!is_bad).then_some(200),
        took: TimeDelta::from_std(Duration::from_millis(80 + u64::from(number) * 7)).unwrap(),
        problem: is_bad.then(|| "no answer within 30 seconds".to_owned()),
        support_id: is_bad.then(|| "d2b9a1c0-77aa-4d1c-a9f3-0a8d8f6f1c11".to_owned()),
    }
}

fn signing_in(prompt: Prompt) -> State {
    let mut state = at(empty(Session::Connecting), 80, 24);
    state.sign_in.prompt = Some(prompt);
    state.mode = Mode::SignIn;
    state
}

#[test]
fn signing_in_with_the_browser() {
    let mut state = signing_in(browser(Some(Ok(()))));
    let why = Failure::new(FailureKind::SignIn, "sign in", "`az` is not signed in");
    state.sign_in.skipped.push((Way::AzureCli, why));
    snapshot("sign_in_browser", &state);
    snapshot("sign_in_browser_140x40", &at(state, 140, 40));
    let why = Failure::new(FailureKind::Usage, "open the browser", "there is no desktop here");
    let mut state = signing_in(browser(Some(Err(why))));
    snapshot("sign_in_no_browser", &state);
    state.size = (40, 10);
    snapshot("sign_in_no_browser_40x10", &state);
}

#[test]
fn signing_in_with_a_code() {
    let mut state = signing_in(code("WMZTT8MBK"));
    snapshot("sign_in_code", &state);
    snapshot("sign_in_code_40x10", &at(signing_in(code("WMZTT8MBK")), 40, 10));
    state.setting.look.has_unicode = false;
    state.sign_in.offline = Some(("no answer from login.microsoftonline.com".to_owned(), now()));
    snapshot("sign_in_code_ascii", &state);
    state.setting.look = Look { has_colour: false, has_unicode: true };
    assert!(!text(&state).contains('▀'), "no camera reads it in two greys");
    let mut state = at(main_screen(), 140, 40);
    state.sign_in.prompt = Some(code("WMZTT8MBK"));
    state.mode = Mode::SignIn;
    snapshot("sign_in_code_over_the_list", &state);
}

#[test]
fn a_code_from_the_network_cannot_steer_the_terminal() {
    let evil = format!("A\u{1b}[2J\u{202E}{}", "B".repeat(5_000));
    let screen = text(&signing_in(code(&evil)));
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202E}'), "{screen}");
    assert!(screen.contains("A‹U+001B›[2J‹U+202E›B"), "{screen}");
    assert!(screen.contains("Continue only if you began this"), "{screen}");
}

#[test]
fn the_accounts() {
    let mut state = main_screen();
    accounts(&mut state);
    snapshot("signed_out_80x24", &at(main_with_accounts(), 80, 24));
    state.mode = Mode::Accounts(Cursor::default());
    snapshot("accounts_140x40", &state);
    let mut cursor = Cursor::default();
    cursor.select(1, 2, 2);
    state.mode = Mode::Accounts(cursor);
    state.size = (80, 24);
    snapshot("accounts_signed_out", &state);
    state.size = (40, 10);
    snapshot("accounts_40x10", &state);
    let mut state = at(main_screen(), 80, 24);
    state.mode = Mode::Accounts(Cursor::default());
    snapshot("accounts_none", &state);
    // Whoever the header names is not called nobody.
    assert!(!text(&state).contains("Nobody"), "{}", text(&state));
    let Session::Connected(connection) = &mut state.session else { panic!("not connected") };
    connection.account = None;
    assert!(text(&state).contains("Nobody is signed in."), "{}", text(&state));
    let mut state = at(main_with_accounts(), 80, 24);
    let account = state.session.accounts()[0].identity.clone().unwrap().id;
    state.mode = Mode::Confirm(Confirm::new(Question::SignOut { account }, None));
    snapshot("confirm_sign_out", &state);
}

fn main_with_accounts() -> State {
    let mut state = main_screen();
    accounts(&mut state);
    state
}

#[test]
fn a_refused_sign_in_says_what_was_tried() {
    let mut state = at(empty(Session::Failed(refused())), 80, 24);
    state.setting.can_sign_in = true;
    state.sign_in.skipped.push((Way::AzureCli, refused()));
    snapshot("failed_sign_in", &state);
}

#[test]
fn before_there_is_a_list() {
    let mut state = empty(Session::Missing);
    state.setting.config = Some("/home/ada/.config/azpat/config.json".into());
    let mut state = at(state, 80, 24);
    snapshot("welcome", &state);
    state.size = (40, 10);
    snapshot("welcome_40x10", &state);
    snapshot("connecting", &at(empty(Session::Connecting), 80, 24));
    let failure = Failure::new(FailureKind::SignIn, "sign in", "the Azure CLI is not signed in")
        .hint("run `az login`, or set AZPAT_ACCESS_TOKEN");
    snapshot("failed", &at(empty(Session::Failed(failure)), 80, 24));
}

#[test]
fn empty_views_say_why() {
    let mut state = at(empty(Session::Connected(connection())), 80, 24);
    state.listing.running = Some(order());
    snapshot("empty_listing", &state);
    snapshot("empty", &at(listing(vec![]), 80, 24));
    let mut state = at(main_screen(), 80, 24);
    filter(&mut state, "zzz");
    snapshot("empty_filter", &state);
    let mut state = at(listing(vec![pat(1, "fine", TimeDelta::days(80))]), 80, 24);
    show(&mut state, View::Expiring);
    snapshot("empty_expiring", &state);
}

#[test]
fn what_could_not_be_read_is_said() {
    let mut state = at(main_screen(), 80, 24);
    let failure = Failure::new(
        FailureKind::Network,
        "list the tokens of fabrikam",
        "no answer within 30 seconds",
    )
    .hint("r tries again");
    state.listing.results.insert(organization("fabrikam"), Err(failure));
    state.listing.fresh = Some(now() - TimeDelta::minutes(17));
    snapshot("stale", &state);
    let mut state = at(main_screen(), 80, 24);
    let early = Completeness::Incomplete(Incomplete::RepeatedPage);
    state.listing.results.insert(organization("fabrikam"), Ok(early));
    snapshot("incomplete", &state);
}

#[test]
fn waiting() {
    let mut state = at(at_work(), 140, 24);
    state.listing.running = Some(order());
    let until = now() + TimeDelta::seconds(12);
    state.traffic.delay = Some((until, "too many requests".to_owned()));
    snapshot("busy", &state);
}

#[test]
fn the_test_service_is_unmistakable() {
    let mut connection = connection();
    connection.is_test_service = true;
    let mut state = at(main_screen(), 80, 24);
    state.session = Session::Connected(connection);
    state.mode = Mode::Confirm(Confirm::new(Question::Revoke { id: id(1) }, None));
    snapshot("test_service", &state);
}

#[test]
fn ascii() {
    let mut state = at_work();
    state.setting.look.has_unicode = false;
    state.detail.is_open = true;
    snapshot("ascii", &state);
}
