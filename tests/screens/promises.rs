//! What must hold on every screen, whatever it looks like.

use azpat::{
    action::{BINDINGS, Layer},
    azure::Route,
    event::Connection,
    operations::resume::Way,
    state::{
        State,
        mode::{
            Changes, Mode,
            confirm::{Confirm, Question},
            palette::Palette,
            stepper::Stepper,
        },
        session::Session,
        view::{Sort, SortKey, View},
        work::Kind,
    },
    ui::{
        self,
        layout::{Hit, hit},
        theme::{Role, Theme},
    },
};
use chrono::TimeDelta;
use ratatui::style::{Color, Modifier, Style};

use super::builder::{
    accounts, at, batch, code, connection, draw, filter, findings, form, held, id, item, lines,
    listing, log, main_screen, pat, pats, picking, select, splitting, text,
};

#[test]
fn exactly_one_row_starts_with_the_selection_marker() {
    for (has_unicode, marker) in [(true, '▌'), (false, '>')] {
        for row in [0, 3, 14] {
            let mut state = at(main_screen(), 80, 24);
            state.setting.look.has_colour = false;
            state.setting.look.has_unicode = has_unicode;
            select(&mut state, row);
            let screen = lines(&draw(&state).0);
            let marked = screen.iter().filter(|line| line.starts_with(marker)).count();
            assert_eq!(marked, 1, "{}", screen.join("\n"));
        }
    }
}

#[test]
fn without_colour_no_cell_has_one() {
    let mut state = main_screen();
    state.setting.look.has_colour = false;
    state.detail.is_open = true;
    for cell in &draw(&state).0.content {
        assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset));
    }
}

#[test]
fn colours_are_those_of_the_user() {
    let state = main_screen();
    for cell in &draw(&state).0.content {
        assert!(!matches!(cell.fg, Color::Rgb(..) | Color::Indexed(_)));
        assert!(!matches!(cell.fg, Color::White | Color::Black | Color::LightYellow));
        assert_eq!(cell.bg, Color::Reset);
    }
}

fn role_at(state: &State, needle: &str) -> Style {
    let (buffer, _) = draw(state);
    let screen = lines(&buffer);
    let y = screen.iter().position(|line| line.contains(needle)).unwrap();
    let line = &screen[y];
    let x = line.split(needle).next().unwrap().chars().count();
    buffer[(u16::try_from(x).unwrap(), u16::try_from(y).unwrap())].style()
}

fn has_role(style: Style, role: Role) -> bool {
    let wanted = Theme { has_colour: true }.style(role);
    style.fg == Some(wanted.fg.unwrap_or(Color::Reset))
        && style.add_modifier.contains(wanted.add_modifier)
}

#[test]
fn trouble_has_its_roles() {
    let mut state = main_screen();
    select(&mut state, 6);
    assert!(has_role(role_at(&state, "▲ nuget-publish"), Role::Warning));
    assert!(has_role(role_at(&state, "! ci-deploy-prod"), Role::Critical));
    assert!(has_role(role_at(&state, "spring-demo"), Role::Dead));
    assert!(has_role(role_at(&state, "terraform"), Role::Text));
    assert!(!role_at(&state, "terraform").add_modifier.contains(Modifier::DIM));
    let mut state = main_screen();
    filter(&mut state, "nuget");
    assert!(has_role(role_at(&state, "nuget-publish"), Role::Match));
}

#[test]
fn a_token_to_be_revoked_is_struck_through() {
    let mut state = main_screen();
    let due = state.clock.local + TimeDelta::seconds(6);
    state.works.set(id(5), azpat::state::work::Work::RevokeScheduled { due });
    select(&mut state, 0);
    assert!(role_at(&state, "terraform").add_modifier.contains(Modifier::CROSSED_OUT));
    assert!(text(&state).contains("revoking in 6 s · u keeps it"));
}

#[test]
fn hints_are_shown_whole_or_not_at_all() {
    let names: Vec<_> = BINDINGS.iter().map(|binding| binding.name).collect();
    for width in 20..140 {
        let screen = lines(&draw(&at(main_screen(), width, 24)).0);
        let footer = screen.last().unwrap();
        assert!(footer.contains("? help"), "{footer}");
        for hint in footer.split("   ").map(str::trim).filter(|hint| !hint.is_empty()) {
            let (_, name) = hint.split_once(' ').unwrap();
            assert!(names.contains(&name), "{hint:?} of {footer:?}");
        }
    }
    let wide = text(&at(main_screen(), 140, 24));
    assert!(!wide.lines().last().unwrap().contains("keep it"), "nothing is pending");
}

#[test]
fn the_help_shows_every_sentence() {
    for (width, height) in [(80, 24), (140, 40)] {
        let mut state = at(main_screen(), width, height);
        state.mode = Mode::Help(Palette { from: Some(Layer::List), ..Palette::default() });
        let height = ui::help::visible_rows(&state);
        let mut seen = String::new();
        for row in 0..BINDINGS.len() {
            if let Mode::Help(palette) = &mut state.mode {
                palette.cursor.select(row, BINDINGS.len(), height);
            }
            seen.push_str(&text(&state));
        }
        for binding in BINDINGS {
            assert!(seen.contains(binding.doc), "{} at {width}", binding.doc);
        }
    }
}

/// Who could read along is said, and gives way to everything else.
#[test]
fn the_header_names_proxy_and_ca() {
    let mut connection = connection();
    connection.route = Route { proxy: Some("proxy.contoso.com".into()), ca: Some("SSL_CERT_FILE") };
    let header = |connection: &Connection, width| {
        let mut state = at(main_screen(), width, 24);
        state.session = Session::Connected(connection.clone());
        lines(&draw(&state).0).swap_remove(0)
    };
    let wide = header(&connection, 180);
    assert!(wide.contains("via proxy proxy.contoso.com   CA from SSL_CERT_FILE"), "{wide}");
    let half = header(&connection, 140);
    assert!(half.contains("via proxy proxy.contoso.com") && !half.contains("CA from"), "{half}");
    let direct = Connection { route: Route::default(), ..connection.clone() };
    for width in 20..100 {
        assert_eq!(header(&connection, width), header(&direct, width));
    }
}

fn plain() -> Vec<azpat::pat::Pat> {
    let ascii = |pat: &azpat::pat::Pat| pat.name.raw().is_ascii();
    let mut plain: Vec<_> = pats().into_iter().filter(ascii).collect();
    plain.push(pat(30, "control\u{7}character", TimeDelta::days(90)));
    plain.push(pat(31, "padded ", TimeDelta::days(90)));
    plain
}

fn modes() -> Vec<Mode> {
    let ids: Vec<_> = plain().iter().map(|pat| pat.id).collect();
    let confirm = |question| Mode::Confirm(Confirm::new(question, Some("terraform".to_owned())));
    vec![
        Mode::Browse,
        Mode::Filter,
        Mode::Extend(Stepper::new(vec![id(1)], TimeDelta::days(30))),
        Mode::Extend(Stepper::new(ids, TimeDelta::days(30))),
        confirm(Question::Revoke { id: id(5) }),
        confirm(Question::Batch(batch(Kind::Revoke, &[1, 2, 3, 4, 5, 14]))),
        confirm(Question::Batch(batch(Kind::Extend, &[1, 2, 3, 4, 5, 14]))),
        Mode::Batch,
        confirm(Question::Quit),
        Mode::Sort { before: Sort::default() },
        Mode::Organizations(azpat::state::cursor::Cursor::default()),
        Mode::Calls(azpat::state::cursor::Cursor::default()),
        Mode::Log(Changes { log: Some(Ok(log())), ..Changes::default() }),
        Mode::Items,
        Mode::Split,
        confirm(Question::GoOn { item: item(1), way: Way::Finish }),
        Mode::Accounts(azpat::state::cursor::Cursor::default()),
        Mode::SignIn,
        Mode::Help(Palette::default()),
        Mode::Form(Box::new(form())),
        Mode::Form(Box::new(picking())),
        Mode::Secret,
    ]
}

#[test]
fn without_unicode_azpat_draws_ascii_only() {
    for mode in modes() {
        for (width, is_open) in [(140, true), (80, true), (40, false)] {
            let mut state = at(listing(plain()), width, 24);
            state.setting.look.has_unicode = false;
            state.detail.is_open = is_open;
            accounts(&mut state);
            state.sign_in.prompt = Some(code("WMZT-T8MBK"));
            state.custody.held = Some(Box::new(held()));
            state.items.found = Some(Ok(findings()));
            state.splitting = Some(Box::new(splitting(&state)));
            state.batch = Some(batch(Kind::Revoke, &[1, 2, 3, 14]));
            state.mode = match &mode {
                Mode::Help(palette) => Mode::Help(palette.clone()),
                Mode::Confirm(confirm) => Mode::Confirm(confirm.clone()),
                Mode::Extend(stepper) => Mode::Extend(stepper.clone()),
                Mode::Organizations(cursor) => Mode::Organizations(*cursor),
                Mode::Calls(cursor) => Mode::Calls(*cursor),
                Mode::Log(changes) => Mode::Log(changes.clone()),
                Mode::Items => Mode::Items,
                Mode::Batch => Mode::Batch,
                Mode::Split => Mode::Split,
                Mode::Accounts(cursor) => Mode::Accounts(*cursor),
                Mode::SignIn => Mode::SignIn,
                Mode::Form(form) => Mode::Form(form.clone()),
                Mode::Secret => Mode::Secret,
                Mode::Sort { before } => Mode::Sort { before: *before },
                Mode::Filter => Mode::Filter,
                Mode::Browse => Mode::Browse,
            };
            for row in 0..state.table.rows().len() {
                select(&mut state, row);
                let screen = text(&state);
                assert!(screen.is_ascii(), "{screen}");
            }
        }
    }
}

#[test]
fn names_that_differ_look_different() {
    let names = [
        "prod",
        "pr\u{200B}od",
        "pr\u{202E}od",
        "pr\u{AD}od",
        "prod ",
        " prod",
        "prod·",
        "prod ·",
        "·prod",
        "prod\u{7}",
        "p\nrod",
        "\u{301}prod",
        "p\u{301}rod",
        "prod\u{FE0F}",
        "prod\u{E0041}",
        "prod\u{2060}",
    ];
    let token = |(number, name): (u128, &&str)| pat(number, name, TimeDelta::days(40));
    let mut state = listing((1..).zip(&names).map(token).collect());
    // Away from the rows that are compared.
    state.detail.has_focus = true;
    let screen = lines(&draw(&state).0);
    let rows: Vec<_> = screen
        .iter()
        .filter(|line| line.contains("40 d"))
        .map(|line| line.trim_start_matches(['▌', ' ']).to_owned())
        .collect();
    assert_eq!(rows.len(), names.len(), "{}", screen.join("\n"));
    for (at, row) in rows.iter().enumerate() {
        assert!(!rows[..at].contains(row), "{row:?} twice");
    }
}

#[test]
fn the_pointer_finds_what_is_drawn() {
    for (width, height) in [(140, 40), (80, 24)] {
        let mut state = at(main_screen(), width, height);
        state.detail.is_open = true;
        state.mode = Mode::Extend(Stepper::new(vec![id(3)], TimeDelta::days(30)));
        select(&mut state, 2);
        let (buffer, _) = draw(&state);
        let find = |needle: &str| {
            let screen = lines(&buffer);
            let y = screen.iter().position(|line| line.contains(needle)).unwrap();
            let x = screen[y].split(needle).next().unwrap().chars().count();
            (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
        };
        let at = |needle: &str| hit(&state, find(needle).0, find(needle).1);
        assert_eq!(at("! ci-deploy-prod"), Hit::Row(1));
        assert_eq!(at("▲ nuget-publish"), Hit::Row(2));
        assert_eq!(at("extend to"), Hit::Nothing);
        assert_eq!(at("▲ laptop-git"), Hit::Row(3));
        assert_eq!(at("Token"), Hit::Header(SortKey::Name));
        assert_eq!(at("Left"), Hit::Header(SortKey::Ends));
        assert_eq!(at("4 Expired"), Hit::View(View::Expired));
        assert_eq!(at("Lives   "), Hit::Detail);
        assert_eq!(hit(&state, 0, 0), Hit::Nothing);
        assert_eq!(hit(&state, 500, 500), Hit::Nothing);
    }
}

#[test]
fn as_many_rows_are_drawn_as_are_promised() {
    let many = |count: u128| (0..count).map(|at| pat(at, "same", TimeDelta::days(40))).collect();
    for height in 5..60 {
        for is_extending in [false, true] {
            let mut state = at(listing(many(200)), 80, height);
            if is_extending {
                state.mode = Mode::Extend(Stepper::new(vec![id(1)], TimeDelta::days(30)));
            }
            let promised = ui::layout::visible_rows(&state);
            let drawn = text(&state).lines().filter(|line| line.contains(" same ")).count();
            assert_eq!(drawn, promised, "{height} {is_extending}");
        }
    }
}

#[test]
fn the_detail_pane_can_be_read_to_its_end() {
    let mut state = at(main_screen(), 80, 24);
    state.detail.is_open = true;
    let (all, fit) = (ui::detail::height(&state), ui::layout::detail_height(&state));
    assert!(all > fit);
    assert!(!text(&state).contains("4c60c9ed-a378-4883-af16-000000000001"));
    state.detail.offset = all - fit;
    assert!(text(&state).contains("4c60c9ed-a378-4883-af16-000000000001"));
    state.detail.is_open = false;
    assert_eq!(ui::layout::detail_height(&state), 0);
}
