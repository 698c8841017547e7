//! Names that nobody would give but somebody could: a frame must not depend on their length.

use std::time::Duration;

use azpat::{action::Action, clock, state::State, ui, update};
use ratatui::{Terminal, backend::TestBackend};

use crate::{report::Row, tokens};

const ROUNDS: u32 = 200;
const LIMIT: f64 = 50.0;

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let many = 65_536;
    let names = [
        "x".repeat(many),
        format!("x{}", "\u{301}".repeat(10_000)),
        "👩‍👩‍👧‍👦".repeat(many / 25),
        "夜".repeat(many / 3),
        "\u{202e}".repeat(many / 3),
        "שלום ".repeat(many / 9),
    ];
    let (width, height) = tokens::SIZE;
    let mut state = tokens::named(1_000, &names)?;
    let mut terminal = Terminal::new(TestBackend::new(width, height))?;
    let mut longest = Duration::ZERO;
    // The detail pane shows the whole name of each in turn.
    drop(update::on_action(&mut state, &Action::ToggleDetail));
    for _ in 0..ROUNDS {
        longest = longest.max(press(&mut state, &mut terminal)?);
    }
    let milliseconds = longest.as_secs_f64() * 1_000.0;
    Ok(vec![Row::at_most("longest frame, names of 64 KiB", (milliseconds, LIMIT), "ms")])
}

fn press(state: &mut State, terminal: &mut Terminal<TestBackend>) -> anyhow::Result<Duration> {
    let begin = clock::monotonic();
    drop(update::on_action(state, &Action::Next));
    terminal.draw(|frame| ui::draw(frame, state))?;
    Ok(begin.elapsed())
}
