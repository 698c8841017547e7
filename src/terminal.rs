//! The terminal: one guard owns every mode that is set, and one undo, which may run any number of
//! times, resets them all. Exit, errors, panics, signals and suspension all go through it.

use std::{
    io::{self, BufWriter, IsTerminal as _, Stdout, Write as _},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crossterm::{
    clipboard::CopyToClipboard,
    cursor::Show,
    event::{DisableBracketedPaste, DisableFocusChange, EnableBracketedPaste, EnableFocusChange},
    execute, queue,
    style::Print,
    terminal::{
        BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        disable_raw_mode, enable_raw_mode, supports_keyboard_enhancement,
    },
};
use ratatui::{Terminal as Ratatui, backend::CrosstermBackend, layout::Rect};
use tokio::{sync::Notify, task::spawn_blocking, time::timeout};

use crate::{
    state::{Look, State},
    ui,
};

/// Buttons and wheel, in the form without a limit of 223 columns. Motion is not asked for: it
/// would wake the program on every movement of the mouse.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// How long the terminal may think about a question. crossterm waits two seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// Whether modes are set that have to be undone.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// A panic gave the terminal back and has been told.
static TOLD: Notify = Notify::const_new();

/// Why there can be no screen here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    #[error("cannot open the screen: input or output is no terminal")]
    NoTerminal,
    #[error("cannot open the screen: TERM is not set, or `dumb`")]
    DumbTerminal,
}

/// Whether a full screen can be opened. Nothing is written to find out.
pub fn check() -> Result<(), Unusable> {
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Unusable::NoTerminal);
    }
    let term = std::env::var("TERM").unwrap_or_default();
    if cfg!(unix) && (term.is_empty() || term == "dumb") {
        return Err(Unusable::DumbTerminal);
    }
    Ok(())
}

/// Whether the screen would only say that it has no room.
pub fn is_too_small(columns: u16, rows: u16) -> bool {
    ui::layout::is_too_small(Rect::new(0, 0, columns, rows))
}

/// What this terminal can show, from the environment alone: asking the terminal would cost time.
pub fn look(no_color: bool) -> Look {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG"));
    let is_utf8 = locale.is_some_and(|locale| {
        let locale = locale.to_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    Look {
        has_colour: !no_color && set("NO_COLOR").is_none(),
        has_unicode: is_utf8 || cfg!(any(windows, target_os = "macos")),
    }
}

/// Whether the terminal can tell all keys apart, by the kitty keyboard protocol; `None` where it
/// does not answer. This writes a question that nobody sees, and what is typed meanwhile is lost.
pub async fn tells_keys_apart() -> Option<bool> {
    // Half an answer holds crossterm up for good, and with it the raw mode that it has set.
    let answer = timeout(PATIENCE, spawn_blocking(supports_keyboard_enhancement)).await;
    if answer.is_err() {
        disable_raw_mode().ok();
    }
    answer.ok()?.ok()?.ok()
}

/// Proof that the terminal is taken. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Terminal {
    ratatui: Ratatui<CrosstermBackend<BufWriter<Stdout>>>,
}

impl Terminal {
    /// Takes the terminal, and sees to it that a panic in any thread gives it back.
    pub fn take() -> io::Result<Self> {
        // crossterm's own NO_COLOR code also clears bold and reverse; azpat leaves colours out
        // itself.
        crossterm::style::force_color_output(true);
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            restore();
            before(panic);
            TOLD.notify_one();
        }));
        set_modes()?;
        let backend = CrosstermBackend::new(BufWriter::with_capacity(64 * 1024, io::stdout()));
        Ok(Self { ratatui: Ratatui::new(backend)? })
    }

    /// Draws one frame; the terminal shows it whole or not at all. While a panic has the terminal,
    /// nothing is drawn over what it says.
    pub fn draw(&mut self, state: &State) -> io::Result<()> {
        if !IS_TAKEN.load(Ordering::SeqCst) {
            return Ok(());
        }
        queue!(self.ratatui.backend_mut(), BeginSynchronizedUpdate)?;
        let drawn = self.ratatui.draw(|frame| ui::draw(frame, state)).map(|_| ());
        execute!(self.ratatui.backend_mut(), EndSynchronizedUpdate)?;
        drawn
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        self.ratatui.size().map(|size| (size.width, size.height))
    }

    /// Puts a text on the clipboard of whoever sits at the terminal (OSC 52), also over SSH.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(self.ratatui.backend_mut(), CopyToClipboard::to_clipboard_from(text))
    }

    /// Takes the terminal again after it was given back, and draws everything anew.
    pub fn retake(&mut self) -> io::Result<()> {
        set_modes()?;
        self.forget()
    }

    /// Forgets what the terminal shows, so that the next frame draws all of it. Needed after
    /// every resize: a terminal that shrank and grew again has lost cells at an unchanged size.
    pub fn forget(&mut self) -> io::Result<()> {
        // Not `clear`: it asks the terminal for the cursor, and the input stream eats the answer.
        let (width, height) = self.size()?;
        self.ratatui.resize(Rect::new(0, 0, width, height))
    }
}

/// Waits until a panic in another thread or task has been told on the normal screen. Then the
/// terminal can be taken again.
pub async fn panic_told() {
    TOLD.notified().await;
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

fn set_modes() -> io::Result<()> {
    IS_TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(
        io::stdout(),
        EnterAlternateScreen,
        EnableBracketedPaste,
        EnableFocusChange,
        Print(MOUSE_ON)
    )
}

/// Undoes every mode. Runs once however often it is called, and goes on where a step fails.
pub fn restore() {
    if !IS_TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // The line discipline first: it needs no working output.
    disable_raw_mode().ok();
    let mut out = io::stdout();
    execute!(
        out,
        EndSynchronizedUpdate,
        Print(MOUSE_OFF),
        DisableFocusChange,
        DisableBracketedPaste,
        LeaveAlternateScreen,
        Show
    )
    .ok();
    out.flush().ok();
}
