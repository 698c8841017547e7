//! The only place that writes to standard output and standard error while there is no screen:
//! results there, messages here. No escape sequence, but the one that copies: what comes from
//! outside was escaped.

use std::{
    fmt::Display,
    io::{self, ErrorKind, IsTerminal as _, Write as _},
};

use crossterm::{clipboard::CopyToClipboard, execute};

use super::Exit;
use crate::{
    failure::{Failure, FailureKind},
    text,
};

/// Writes results. A reader that has seen enough, such as `head`, is no failure.
pub(super) fn result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::new(FailureKind::Service, "write the results", error.to_string()))
        }
        _ => Ok(()),
    }
}

/// Says something to the person. Nobody can be told if that fails.
pub fn message(text: impl Display) {
    writeln!(io::stderr(), "azpat: {text}").ok();
}

/// Shows a text of many lines to the person, as it is.
pub(super) fn show(text: &str) {
    io::stderr().write_all(text.as_bytes()).ok();
}

/// Lets the terminal copy a text (OSC 52).
pub(super) fn copy(text: &str) -> io::Result<()> {
    execute!(io::stderr(), CopyToClipboard::to_clipboard_from(text))
}

/// Says what failed and what to do next.
pub fn failure(failure: &Failure) {
    message(failure);
    if let Some(hint) = &failure.hint {
        writeln!(io::stderr(), "hint: {hint}").ok();
    }
}

/// Says what is wrong with the command line, or prints the help that it asked for.
pub fn usage(error: &clap::Error) -> Exit {
    if !error.use_stderr() {
        error.print().ok();
        return Exit::DONE;
    }
    // The message repeats what was typed, or pasted.
    for line in error.to_string().lines() {
        let text = line.trim_start_matches(' ');
        let indent = " ".repeat(line.len() - text.len());
        writeln!(io::stderr(), "{indent}{}", text::visible(text.trim_end_matches(' '))).ok();
    }
    FailureKind::Usage.into()
}

/// Asks the person, and waits for one line; `None`: there is no more input.
pub(super) fn ask(question: &str) -> io::Result<Option<String>> {
    let mut stderr = io::stderr();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let mut answer = String::new();
    if io::stdin().read_line(&mut answer)? == 0 {
        // What follows begins on a line of its own.
        writeln!(stderr)?;
        return Ok(None);
    }
    Ok(Some(answer.trim_end_matches(['\r', '\n']).to_owned()))
}

/// Whether somebody is there to be asked.
pub(super) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// How wide results may be; `None`: as wide as they are, since no terminal shows them.
pub(super) fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let columns = crossterm::terminal::size().ok().map(|(columns, _)| usize::from(columns));
    // A terminal without a size says 0.
    columns.filter(|columns| *columns > 0).or(Some(80))
}
