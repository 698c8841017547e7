//! Any size, any mode: it is drawn, and nothing panics.

use azpat::{
    action::Layer,
    failure::{Failure, FailureKind},
    identity::Way,
    state::{
        State,
        cursor::Cursor,
        mode::{
            Changes, Mode,
            confirm::{Confirm, Question},
            palette::Palette,
            stepper::Stepper,
        },
        session::Session,
        view::Sort,
        work::Kind,
    },
    ui,
};
use chrono::TimeDelta;
use proptest::prelude::*;

use super::builder::{
    accounts, batch, browser, code, draw, empty, findings, form, held, id, item, log, main_screen,
    now, picking, refused, select, splitting, text,
};

fn mode(number: u8) -> Mode {
    let several = |kind| Question::Batch(batch(kind, &[1, 2, 3, 5, 8, 14]));
    match number {
        0 => Mode::Browse,
        1 => Mode::Filter,
        2 => Mode::Extend(Stepper::new(vec![id(1)], TimeDelta::days(45))),
        3 => {
            let mut stepper = Stepper::new(vec![id(1), id(2), id(99)], TimeDelta::days(30));
            stepper.chosen = stepper.choices.len() - 1;
            Mode::Extend(stepper)
        }
        4 => Mode::Confirm(Confirm::new(several(Kind::Revoke), Some("5".to_owned()))),
        5 => Mode::Confirm(Confirm::new(Question::Revoke { id: id(1) }, None)),
        6 => Mode::Confirm(Confirm::new(several(Kind::Extend), None)),
        7 => Mode::Confirm(Confirm::new(Question::Quit, None)),
        8 => Mode::Sort { before: Sort::default() },
        9 => Mode::Calls(Cursor::default()),
        10 => Mode::Organizations(Cursor::default()),
        11 => Mode::Accounts(Cursor::default()),
        12 => Mode::SignIn,
        13 => Mode::Form(Box::new(form())),
        14 => Mode::Form(Box::new(picking())),
        15 => Mode::Secret,
        16 => Mode::Log(Changes { log: Some(Ok(log())), cursor: Cursor::default() }),
        17 => Mode::Log(Changes { log: Some(Err(refused())), cursor: Cursor::default() }),
        18 => Mode::Items,
        19 => {
            let end = Some(Stepper::replacing(id(1), TimeDelta::days(91)));
            let question = Question::Rotate { id: id(1) };
            Mode::Confirm(Confirm { end, ..Confirm::new(question, Some("release-bot".to_owned())) })
        }
        20 => Mode::Confirm(Confirm::new(Question::Again { item: item(2) }, None)),
        21 => Mode::Batch,
        22 => Mode::Split,
        _ => Mode::Help(Palette { from: Some(Layer::List), ..Palette::default() }),
    }
}

fn state(number: u8) -> State {
    match number {
        0 => main_screen(),
        1 => empty(Session::Connected(super::builder::connection())),
        2 => empty(Session::Missing),
        3 => {
            let mut state = empty(Session::Connecting);
            state.sign_in.prompt = Some(code("WMZT-T8MBK"));
            state
        }
        4 => {
            let mut state = main_screen();
            accounts(&mut state);
            state.sign_in.prompt = Some(browser(Some(Err(refused()))));
            state.sign_in.skipped = vec![(Way::Kept, refused()), (Way::AzureCli, refused())];
            state.sign_in.offline = Some(("no answer".to_owned(), now()));
            state
        }
        _ => {
            let mut state = main_screen();
            let failure = Failure::new(FailureKind::Network, "connect", "no answer came at all");
            state.notices.fail(&failure);
            state.session = Session::Failed(failure);
            state
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_screen_fits_every_size(
        (width, height) in (0_u16..60, 0_u16..30),
        (modes, states) in (0_u8..24, 0_u8..6),
        (is_open, has_focus, is_beside) in any::<(bool, bool, Option<bool>)>(),
        (row, offset, has_unicode) in (0_usize..20, 0_u16..99, any::<bool>()),
        known in (0_u16..60, 0_u16..30),
    ) {
        let mut state = state(states);
        state.mode = mode(modes);
        state.batch = Some(batch(Kind::Extend, &[1, 2, 3, 4, 14]));
        state.custody.held = Some(Box::new(held()));
        state.splitting = Some(Box::new(splitting(&state)));
        state.items.found = Some(Ok(findings()));
        state.detail.is_open = is_open;
        state.detail.has_focus = has_focus;
        state.detail.is_beside = is_beside;
        state.detail.offset = offset;
        state.setting.look.has_unicode = has_unicode;
        state.size = (width, height);
        select(&mut state, row);
        let screen = draw(&state).0;
        if width >= 16 && height >= 1 {
            prop_assert!(super::builder::lines(&screen)[0].contains("azpat") || modes > 3);
        }
        for column in (0..width).step_by(3) {
            for row in 0..height {
                ui::layout::hit(&state, column, row);
            }
        }
        ui::help::visible_rows(&state);
        ui::calls::visible_rows(&state);
        ui::log::visible_rows(&state);
        ui::organizations::visible_rows(&state);
        ui::accounts::visible_rows(&state);
        ui::batch::visible_rows(&state);
        ui::splitting::visible_rows(&state);
        ui::picker::visible_rows(&state);
        ui::detail::height(&state);
        // The terminal can be smaller or larger than what the state knows of it yet.
        let backend = ratatui::backend::TestBackend::new(known.0, known.1);
        let mut terminal = ratatui::Terminal::new(backend).unwrap();
        terminal.draw(|frame| ui::draw(frame, &state)).unwrap();
    }
}

#[test]
fn a_terminal_that_lies_about_its_size_breaks_nothing() {
    for modes in 0..17 {
        let mut state = main_screen();
        state.mode = mode(modes);
        state.detail.is_open = true;
        state.size = (u16::MAX, u16::MAX);
        assert!(ui::layout::visible_rows(&state) > 60_000);
        assert!(ui::help::visible_rows(&state) > 0);
        assert!(ui::calls::visible_rows(&state) > 60_000);
        assert!(ui::layout::detail_height(&state) >= ui::detail::height(&state));
        ui::layout::hit(&state, u16::MAX, u16::MAX);
    }
}

#[test]
fn too_small_is_said() {
    let mut state = main_screen();
    for (size, said) in [((19, 10), "azpat: too small"), ((40, 3), "azpat: too small")] {
        state.size = size;
        assert_eq!(text(&state).lines().next(), Some(said));
    }
}
