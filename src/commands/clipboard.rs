//! The clipboard as a place of a command. What is on it lives no longer than azpat, so the command
//! waits, says so, and takes the secret away again when the time is over or a signal comes.

use std::{
    io::{self, IsTerminal as _},
    time::Duration,
};

use chrono::TimeDelta;
use tokio::{
    sync::Mutex,
    time::{sleep, timeout},
};

use super::{output, stop::Stop};
use crate::{
    clock,
    config::SinkKind,
    desktop::{self, SystemClipboard},
    failure::{Failure, FailureKind},
    operations::replace::Stopping as _,
    secret::PatSecret,
    sink::{self, Shown, Sink},
};

const ATTEMPT: &str = "copy the secret";

/// The clipboard of the person at the keyboard.
pub(super) struct Clipboard {
    way: desktop::Clipboard,
    system: SystemClipboard,
    /// How long a secret may be on it.
    time: TimeDelta,
    /// Listens for signals as long as a secret is on it.
    held: Mutex<Option<Stop>>,
}

impl std::fmt::Debug for Clipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Clipboard")
    }
}

impl Clipboard {
    pub(super) fn new(time: TimeDelta) -> Self {
        let (way, system) = (desktop::clipboard(), SystemClipboard::default());
        Self { way, system, time, held: Mutex::default() }
    }

    /// What would be done, in words.
    pub(super) fn plan(&self) -> Result<Shown, Failure> {
        if self.is_terminal() && !io::stderr().is_terminal() {
            let why = "there is no desktop here, and no terminal on standard error";
            return Err(Failure::new(FailureKind::Usage, ATTEMPT, why)
                .hint("choose another place with --sink"));
        }
        let note = format!("azpat waits {} s, then clears it", self.time.num_seconds());
        Ok(Shown { target: self.target().to_owned(), difference: Vec::new(), notes: vec![note] })
    }

    /// Asks whether the terminal may copy, if it is to and the command line does not say so.
    pub(super) fn consent(&self, sinks: &[Sink], is_given: bool) -> Result<(), Failure> {
        let is_wanted = sinks.iter().any(|sink| sink.kind() == SinkKind::Clipboard);
        if !is_wanted || !self.is_terminal() || is_given {
            return Ok(());
        }
        if !output::can_ask() {
            let why = "there is no desktop here, and the terminal copies only with your consent";
            return Err(
                Failure::new(FailureKind::Usage, ATTEMPT, why).hint("--copy-by-terminal gives it")
            );
        }
        output::message("the terminal would copy the secret (OSC 52); nobody tells whether it did");
        let answer = output::ask("Type yes to let it: ").ok().flatten();
        if answer.as_deref() == Some("yes") {
            return Ok(());
        }
        let why = "it was not confirmed; nothing was changed";
        Err(Failure::new(FailureKind::Cancelled, ATTEMPT, why))
    }

    /// Copies the secret, and says where it is.
    pub(super) async fn put(&self, secret: &PatSecret) -> Result<&'static str, Failure> {
        sink::check(secret, self.target())?;
        let mut held = self.held.lock().await;
        let stop = Stop::listen()?;
        let copied = if self.is_terminal() {
            output::copy(secret.expose()).map_err(|error| error.to_string())
        } else {
            self.system.put_secret(secret.clone()).await
        };
        copied.map_err(|why| Failure::new(FailureKind::Service, ATTEMPT, why))?;
        *held = Some(stop);
        Ok(self.target())
    }

    /// Takes the secret away again, if one is on it: when its time is over or a signal comes; at
    /// once, if it is `wanted` no more.
    pub(super) async fn end(&self, is_wanted: bool) {
        let Some(mut stop) = self.held.lock().await.take() else { return };
        if is_wanted {
            let time = self.time.num_seconds();
            output::message(format!(
                "the secret is on the clipboard for {time} s; Ctrl-C clears it at once"
            ));
            stop.or_at_once(self.pass()).await;
        }
        let cleared = if self.is_terminal() {
            output::copy("").map_err(|error| error.to_string())
        } else {
            self.system.clear().await
        };
        match cleared {
            Ok(()) if self.is_terminal() => output::message("the clipboard was cleared"),
            Ok(()) => output::message("the clipboard holds the secret no more"),
            Err(why) => output::message(format!("the clipboard was not cleared: {why}")),
        }
    }

    /// A computer that sleeps meanwhile does not make it longer, nor does a clock that is set.
    async fn pass(&self) {
        let until = clock::now() + self.time;
        let asleep = async {
            while clock::now() < until {
                sleep(Duration::from_millis(500)).await;
            }
        };
        timeout(self.time.to_std().unwrap_or_default(), asleep).await.ok();
    }

    fn is_terminal(&self) -> bool {
        self.way == desktop::Clipboard::Terminal
    }

    fn target(&self) -> &'static str {
        if self.is_terminal() { "the clipboard, by the terminal" } else { "the clipboard" }
    }
}
