//! Texts that attack a terminal, for tests: the same ones at every run.

mod attacks;

use attacks::ATTACKS;

/// What else stands between and beside the attacks: what joins, is wide or runs the other way, what
/// a spreadsheet calculates, and plain words.
const OTHERS: &[&str] = &[
    "\u{1b}[31m",
    "\u{1b}[2J",
    "\u{1b}]8;;http://evil\u{1b}\\",
    "\u{9f}",
    "\t",
    "\u{8}\u{8}",
    "\u{2069}",
    "\u{200f}",
    "\u{200c}",
    "\u{200d}",
    "\u{e007f}",
    "\u{fe0f}",
    "\u{fe00}",
    "\u{301}",
    "\u{489}",
    "\u{20e3}",
    "\u{fffd}",
    "\u{fff9}",
    "\u{10ffff}",
    "\u{e000}",
    "\u{3164}",
    "夜間",
    "👩\u{200d}💻",
    "👨\u{200d}👩\u{200d}👧",
    "بناء",
    "שלום",
    "\u{440}rod",
    "=cmd()",
    "-1",
    "@x",
    "\"",
    ",",
    "'",
    "\\",
    "%s",
    " ",
    "·",
    "‹U+001B›",
    "prod",
    "release-bot",
];

/// This many texts, of which the first are single control characters.
pub(crate) fn texts(count: usize) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(85);
    let parts = [ATTACKS, OTHERS].concat();
    let controls = (0..=0x1f).chain(0x7f..=0x9f).filter_map(char::from_u32).map(String::from);
    let mixed = std::iter::repeat_with(|| {
        let mut text = String::new();
        for _ in 0..random.usize(1..=5) {
            let part = parts[random.usize(0..parts.len())];
            let times = if random.u8(..) == 0 { random.usize(1..400) } else { 1 };
            text.push_str(&part.repeat(times));
            text.extend((random.u8(..) < 40).then(|| random.char(..)));
        }
        text
    });
    controls.chain(mixed).take(count).collect()
}

/// Panics where a text could steer a terminal or hide what it says. Lines may end.
#[track_caller]
pub(crate) fn assert_inert(text: &str) {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200c}' | '\u{200e}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}'
                | '\u{e0000}'..='\u{e0fff}')
    };
    assert!(!text.chars().any(steers), "{text:?}");
}
