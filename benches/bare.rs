//! The least that a ratatui program can do: takes the terminal, draws one table, ends at `q`.
//! The benchmark of azpat's start measures against it; nothing else may need it.

use std::io;

use crossterm::event::{self, Event, KeyCode};
use ratatui::{
    Frame,
    layout::Constraint,
    widgets::{Block, Row, Table},
};

/// The last row is what the benchmark waits for.
const ROWS: [[&str; 3]; 4] = [
    ["alpha", "contoso", "3 days"],
    ["beta", "contoso", "9 days"],
    ["gamma", "fabrikam", "30 days"],
    ["omega", "fabrikam", "60 days"],
];

fn main() -> io::Result<()> {
    let mut terminal = ratatui::try_init()?;
    terminal.draw(draw)?;
    while !is_quit(&event::read()?) {}
    ratatui::try_restore()
}

fn draw(frame: &mut Frame<'_>) {
    let widths = [Constraint::Fill(2), Constraint::Fill(1), Constraint::Length(10)];
    let table = Table::new(ROWS.map(Row::new), widths)
        .header(Row::new(["name", "organization", "left"]))
        .block(Block::bordered().title("tokens"));
    frame.render_widget(table, frame.area());
}

fn is_quit(event: &Event) -> bool {
    event.as_key_press_event().is_some_and(|key| key.code == KeyCode::Char('q'))
}
