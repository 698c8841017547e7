//! Names that are made to break a screen or to pass for another one.

use azpat::state::mode::{
    Mode,
    confirm::{Confirm, Question},
};
use chrono::TimeDelta;

use super::{
    builder::{at, draw, id, lines, listing, pat, text},
    stories::snapshot,
};

/// Letters that look like Latin ones: Cyrillic, then Greek.
const LOOK_ALIKES: &str = "абвгеорсухіјѕԁһӏѵԛԝАВЕКМНОРСТХІЈЅԌԚοανιρΑΒΕΖΗΙΚΜΝΟ";

/// Check 88: each of them in a Latin name is pointed out before the token is revoked.
#[test]
fn check_88_fifty_look_alikes_are_pointed_out() {
    let mut count = 0;
    for letter in LOOK_ALIKES.chars() {
        let name = format!("pr{letter}d");
        let mut state = at(listing(vec![pat(1, &name, TimeDelta::days(40))]), 80, 24);
        state.mode = Mode::Confirm(Confirm::new(Question::Revoke { id: id(1) }, None));
        assert!(text(&state).contains("! this name mixes Latin and "), "{name}");
        count += 1;
    }
    assert_eq!(count, 50);
}

/// Check 89: the rows, the pane and what is beside them stay where they are.
#[test]
fn check_89_giant_names_keep_the_layout() {
    let giants = [
        "x".repeat(64 << 10),
        "夜".repeat((64 << 10) / 3),
        format!("a{}", "\u{301}".repeat(10_000)),
        "👨\u{200d}👩\u{200d}👧\u{200d}👦".repeat(2_600),
        "👨\u{200d}".repeat(9_000),
    ];
    let numbered = (1..).zip(&giants);
    let pats = numbered.map(|(number, name)| pat(number, name, TimeDelta::days(40))).collect();
    let mut state = listing(pats);
    snapshot("giant_names_140x40", &state);
    state = at(state, 80, 24);
    state.mode = Mode::Confirm(Confirm::new(Question::Revoke { id: id(3) }, None));
    snapshot("giant_names_confirm_80x24", &state);
    for size in [(40, 10), (80, 24), (200, 50)] {
        state = at(state, size.0, size.1);
        for line in lines(&draw(&state).0) {
            let width = unicode_width::UnicodeWidthStr::width(line.as_str());
            assert!(width <= usize::from(size.0), "{width} columns: {line}");
        }
    }
}
