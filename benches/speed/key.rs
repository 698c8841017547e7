//! From a key press to the finished frame: it must not depend on how many tokens there are.

use std::time::Duration;

use azpat::{action::Action, clock, event::Event, state::State, ui, update};
use ratatui::{Terminal, backend::TestBackend};

use crate::{
    report::{Row, median, shown},
    tokens,
};

const ROUNDS: usize = 800;

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let (mut many, mut few) = (Screen::with(100_000)?, Screen::with(1_000)?);
    let (mut slow, mut fast) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        // Every hundred presses back to the top, so that the shorter table has rows left.
        if round % 100 == 0 {
            many.press(&Action::First)?;
            few.press(&Action::First)?;
        }
        let action = if round % 10 == 9 { Action::PageDown } else { Action::Next };
        // Whatever disturbs the machine disturbs both alike.
        slow.push(many.press(&action)?);
        fast.push(few.press(&action)?);
    }
    let longest = slow.iter().max().copied().unwrap_or_default();
    Ok(vec![
        Row::times("key to frame, 100,000 tokens / 1,000", (median(slow), median(fast)), 1.5),
        Row::told("longest key to frame, 100,000 tokens", shown(longest)),
    ])
}

struct Screen {
    state: State,
    terminal: Terminal<TestBackend>,
}

impl Screen {
    fn with(count: u32) -> anyhow::Result<Self> {
        let (width, height) = tokens::SIZE;
        let mut terminal = Terminal::new(TestBackend::new(width, height))?;
        let state = tokens::state(count)?;
        terminal.draw(|frame| ui::draw(frame, &state))?;
        Ok(Self { state, terminal })
    }

    /// What the loop does for one key.
    fn press(&mut self, action: &Action) -> anyhow::Result<Duration> {
        let begin = clock::monotonic();
        drop(update::on_event(&mut self.state, Event::Ticked { now: clock::now() }));
        drop(update::on_action(&mut self.state, action));
        self.terminal.draw(|frame| ui::draw(frame, &self.state))?;
        Ok(begin.elapsed())
    }
}
