//! A program in a terminal of its own: what it writes and when, and what its screen shows.

use std::{
    io::Read,
    num::NonZero,
    path::Path,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use azpat::clock;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;
use vt100::Parser;

use crate::tokens::SIZE;

/// Written when the screen is taken.
const ALTERNATE_SCREEN: &str = "\x1b[?1049h";

/// A running program. Dropping it ends the program.
pub(crate) struct Pty {
    child: Box<dyn Child + Send + Sync>,
    begin: Instant,
    /// When the last chunk came.
    last: Instant,
    chunks: Receiver<(Instant, Vec<u8>)>,
    parser: Parser,
    written: String,
    /// An open terminal, and a home without any configuration.
    _kept: (Box<dyn MasterPty + Send>, TempDir),
}

impl Pty {
    /// Starts a program. Nothing of this process's environment reaches it.
    pub(crate) fn spawn(
        program: &Path,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> anyhow::Result<Self> {
        let (cols, rows) = SIZE;
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size)?;
        let home = tempfile::tempdir()?;
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("TZ", "UTC");
        command.env("HOME", home.path());
        command.cwd(home.path());
        for (name, value) in variables {
            command.env(name, value);
        }
        let mut reader = pty.master.try_clone_reader()?;
        let begin = clock::monotonic();
        let child = pty.slave.spawn_command(command)?;
        drop(pty.slave);
        let (sender, chunks) = mpsc::channel();
        thread::spawn(move || {
            let mut some = vec![0; 64 * 1024];
            // The terminal of a program that has ended gives an error.
            while let Ok(count @ 1..) = reader.read(&mut some) {
                let chunk = some.get(..count).unwrap_or_default().to_vec();
                if sender.send((clock::monotonic(), chunk)).is_err() {
                    break;
                }
            }
        });
        let parser = Parser::new(NonZero::try_from(rows)?, NonZero::try_from(cols)?, 0);
        let written = String::new();
        Ok(Self { child, begin, last: begin, chunks, parser, written, _kept: (pty.master, home) })
    }

    pub(crate) fn id(&self) -> anyhow::Result<u32> {
        self.child.process_id().context("the program has ended")
    }

    /// Waits for the first frame, which ends with this. Gives the time since the start.
    pub(crate) fn until_frame(&mut self, end: &str) -> anyhow::Result<Duration> {
        self.until(Duration::from_secs(10), |pty| {
            let taken = pty.written.split_once(ALTERNATE_SCREEN);
            taken.is_some_and(|(_, frame)| frame.contains(end))
        })
    }

    /// Waits until the screen is as wanted. Gives the time since the start.
    pub(crate) fn until_screen(
        &mut self,
        limit: Duration,
        is_wanted: impl Fn(&str) -> bool,
    ) -> anyhow::Result<Duration> {
        self.until(limit, |pty| is_wanted(&pty.parser.screen().contents()))
    }

    fn until(
        &mut self,
        limit: Duration,
        is_wanted: impl Fn(&Self) -> bool,
    ) -> anyhow::Result<Duration> {
        let end = clock::monotonic() + limit;
        while !is_wanted(self) {
            let left = end.saturating_duration_since(clock::monotonic());
            self.take(left)?.with_context(|| {
                format!("not shown within {} s: {:?}", limit.as_secs(), self.first_line())
            })?;
        }
        Ok(self.last - self.begin)
    }

    /// How many bytes are written within this time.
    pub(crate) fn written_within(&mut self, time: Duration) -> anyhow::Result<usize> {
        let (end, before) = (clock::monotonic() + time, self.written.len());
        loop {
            let left = end.saturating_duration_since(clock::monotonic());
            if left.is_zero() {
                return Ok(self.written.len() - before);
            }
            self.take(left)?;
        }
    }

    /// Takes in what is written next. `None`: nothing within this time.
    fn take(&mut self, limit: Duration) -> anyhow::Result<Option<()>> {
        match self.chunks.recv_timeout(limit) {
            Ok((at, chunk)) => {
                self.parser.process(&chunk);
                self.written.push_str(&String::from_utf8_lossy(&chunk));
                self.last = at;
                Ok(Some(()))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                anyhow::bail!("the program ended: {:?}", self.first_line())
            }
        }
    }

    fn first_line(&self) -> String {
        let (cols, _) = SIZE;
        self.parser.screen().rows(0, cols).next().unwrap_or_default()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
