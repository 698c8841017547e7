//! The loop: wait, update, send orders, draw. It decides nothing.

mod signals;

use std::{io, ops::ControlFlow, process::ExitCode, time::Duration};

use anyhow::Context as _;
use crossterm::event::{Event as Input, EventStream, MouseButton, MouseEventKind};
use futures_util::StreamExt as _;
use tokio::sync::mpsc;

use crate::{
    action::Action,
    clock,
    config::{Config, Missing, Source},
    desktop::{self, Clipboard},
    effect::{Effect, Effects},
    event::Event,
    failure::{Failure, FailureKind},
    keys::Keymap,
    state::{Look, Setting, State, session::Session},
    terminal::{self, Terminal},
    update,
    when::Zone,
    worker,
};
use signals::{Signal, Signals};

/// How many waiting events one frame may take in, so that drawing is never starved.
const BATCH: usize = 64;

/// How long a token that nobody can use may take to be taken back when azpat is told to end.
const ABANDON: Duration = Duration::from_secs(2);

/// How long the desktop may take to clear its clipboard when azpat ends.
const CLEAR: Duration = Duration::from_millis(500);

/// How far the wheel scrolls.
const WHEEL: i16 = 3;

/// Opens the screen and stays until the user leaves. The terminal is given back in any case.
pub fn run(config: &Config, look: Look) -> anyhow::Result<ExitCode> {
    let keymap = Keymap::defaults().context("the table of keys is wrong")?;
    let can_sign_in = match &config.source {
        Source::Service(service) | Source::Missing(Missing { service, .. }) => {
            service.entra.client_id.is_some()
        }
        Source::Demo { signed_out, .. } => *signed_out,
    };
    let session = match &config.source {
        Source::Missing(_) if !can_sign_in => Session::Missing,
        Source::Service(_) | Source::Missing(_) | Source::Demo { .. } => Session::Connecting,
    };
    let preferences = config.preferences;
    let path = match &config.source {
        Source::Missing(missing) => missing.path.clone(),
        Source::Service(_) | Source::Demo { .. } => config.path.clone(),
    };
    let setting = Setting {
        preferences,
        zone: Zone::Local,
        look,
        can_sign_in,
        config: path,
        whereabouts: desktop::whereabouts(),
        clipboard: desktop::clipboard(),
    };
    let mut terminal = Terminal::take().context("cannot take the terminal")?;
    let mut state = State::new(setting, session, clock::now());
    state.size = terminal.size().context("cannot measure the terminal")?;
    // The first frame waits for nothing: no runtime, no network, no certificate store.
    terminal.draw(&state).context("cannot draw")?;

    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start")?;
    let (events_tx, events) = mpsc::channel(256);
    let (orders, orders_rx) = mpsc::channel(64);
    let (source, sinks) = (config.source.clone(), config.sinks.clone());
    let worker = runtime.spawn(worker::run(source, sinks, orders_rx, events_tx));
    let app = App { state, keymap, terminal, orders, events };
    let code = runtime.block_on(app.run());
    worker.abort();
    runtime.shutdown_timeout(Duration::from_millis(200));
    code
}

#[derive(Debug)]
struct App {
    state: State,
    keymap: Keymap,
    terminal: Terminal,
    orders: mpsc::Sender<Effect>,
    events: mpsc::Receiver<Event>,
}

/// What woke the loop.
#[derive(Debug)]
enum Wake {
    Event(Event),
    Input(io::Result<Input>),
    Signal(Signal),
    /// A task died, and the terminal was given back to say so.
    Panic,
    /// Something on the screen changes with time.
    Time,
    /// A long pass over the tokens goes on.
    Slice,
    InputEnded,
}

impl App {
    async fn run(mut self) -> anyhow::Result<ExitCode> {
        let code = self.go_on().await;
        // However it ends, also by a terminal that is gone.
        self.clear_clipboard().await;
        self.abandon().await;
        code
    }

    async fn go_on(&mut self) -> anyhow::Result<ExitCode> {
        let mut signals = Signals::new().context("cannot listen for signals")?;
        let mut input = EventStream::new();
        let effects = update::start(&mut self.state);
        if let ControlFlow::Break(code) = self.carry_out(effects).await? {
            return Ok(code);
        }
        loop {
            signals.be_patient(self.state.custody.undelivered().is_some());
            let wake = self.wait(&mut input, &mut signals).await;
            if let ControlFlow::Break(code) = self.take(wake).await? {
                return Ok(code);
            }
            // What waits already is taken in before the one frame that shows it all.
            for _ in 0..BATCH {
                let Ok(event) = self.events.try_recv() else { break };
                if let ControlFlow::Break(code) = self.take(Wake::Event(event)).await? {
                    return Ok(code);
                }
            }
            self.terminal.draw(&self.state).context("cannot draw")?;
        }
    }

    /// Signals first, since they end the program. Then results before keys: a key typed at stale
    /// data is worse than a key one frame late; results are bounded, so keys cannot starve.
    async fn wait(&mut self, input: &mut EventStream, signals: &mut Signals) -> Wake {
        let now = clock::now();
        let pause = self.state.next_tick().map(|tick| (tick - now).to_std().unwrap_or_default());
        let tick = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            signal = signals.next() => Wake::Signal(signal),
            () = terminal::panic_told() => Wake::Panic,
            Some(event) = self.events.recv() => Wake::Event(event),
            next = input.next() => next.map_or(Wake::InputEnded, Wake::Input),
            () = std::future::ready(()), if self.state.table.is_scanning() => Wake::Slice,
            () = tick => Wake::Time,
        }
    }

    async fn take(&mut self, wake: Wake) -> anyhow::Result<ControlFlow<ExitCode>> {
        let mut effects = update::on_event(&mut self.state, Event::Ticked { now: clock::now() });
        let more = match wake {
            Wake::Time => Effects::none(),
            Wake::Event(event) => update::on_event(&mut self.state, event),
            Wake::Input(input) => {
                let input = input.context("cannot read the terminal")?;
                if let Input::Resize(..) = input {
                    self.terminal.forget().context("cannot measure the terminal")?;
                }
                self.read(input)
            }
            Wake::Panic => {
                self.terminal.retake().context("cannot take the terminal back")?;
                update::on_event(&mut self.state, Event::Panicked)
            }
            Wake::Slice => {
                update::advance(&mut self.state);
                Effects::none()
            }
            #[cfg(unix)]
            Wake::Signal(Signal::Stop) => Effect::Suspend.into(),
            Wake::Signal(Signal::End(code)) => return Ok(ControlFlow::Break(code)),
            Wake::InputEnded => return Ok(ControlFlow::Break(ExitCode::FAILURE)),
        };
        effects.extend(more);
        self.carry_out(effects).await
    }

    /// Leaves no secret on a clipboard.
    async fn clear_clipboard(&mut self) {
        let effects = update::clear_clipboard(&mut self.state);
        if effects == Effects::none() {
            return;
        }
        let is_system = self.state.setting.clipboard == Clipboard::System;
        if self.carry_out(effects).await.is_err() || !is_system {
            return;
        }
        let cleared = async {
            while let Some(event) = self.events.recv().await {
                if event == Event::ClipboardCleared {
                    break;
                }
            }
        };
        tokio::time::timeout(CLEAR, cleared).await.ok();
    }

    /// Takes back a token whose secret would be lost, as far as that can be done at once. The
    /// terminal is given back first: it may take nothing any more.
    async fn abandon(&mut self) {
        if self.state.custody.undelivered().is_none() {
            return;
        }
        let effects = update::abandon(&mut self.state);
        let Some(order) = self.state.custody.revoking() else { return };
        terminal::restore();
        let revoked = async {
            for effect in effects {
                self.orders.send(effect).await.ok();
            }
            while let Some(event) = self.events.recv().await {
                if matches!(event, Event::Revoked { order: answered, .. } if answered == order) {
                    break;
                }
            }
        };
        tokio::time::timeout(ABANDON, revoked).await.ok();
    }

    /// From what the terminal reports to what the user wants.
    fn read(&mut self, input: Input) -> Effects {
        let action = match input {
            Input::Resize(width, height) => {
                return update::on_event(&mut self.state, Event::Resized { width, height });
            }
            Input::Key(key) => self.keymap.action(&self.state.layers(), key),
            Input::Paste(text) => Some(Action::Paste(text)),
            Input::Mouse(mouse) => match mouse.kind {
                MouseEventKind::ScrollDown => Some(Action::Scroll(WHEEL)),
                MouseEventKind::ScrollUp => Some(Action::Scroll(-WHEEL)),
                MouseEventKind::Down(MouseButton::Left) => {
                    Some(Action::Click { column: mouse.column, row: mouse.row })
                }
                _ => None,
            },
            Input::FocusLost => return update::on_event(&mut self.state, Event::FocusLost),
            Input::FocusGained => None,
        };
        action.map_or_else(Effects::none, |action| update::on_action(&mut self.state, &action))
    }

    /// What concerns the terminal is done here; the rest is the worker's.
    async fn carry_out(&mut self, effects: Effects) -> anyhow::Result<ControlFlow<ExitCode>> {
        for effect in effects {
            match effect {
                Effect::Quit => return Ok(ControlFlow::Break(ExitCode::SUCCESS)),
                Effect::Suspend => {
                    terminal::restore();
                    signals::stop().context("cannot stop")?;
                    self.terminal.retake().context("cannot take the terminal back")?;
                    let (width, height) = self.terminal.size().context("cannot measure")?;
                    // Time went by; nothing waits for a resize that may not come.
                    for event in
                        [Event::Ticked { now: clock::now() }, Event::Resized { width, height }]
                    {
                        drop(update::on_event(&mut self.state, event));
                    }
                }
                Effect::Copy { way: Clipboard::Terminal, what, text } => {
                    let result = self.terminal.copy(&text).map_err(|error| {
                        Failure::new(FailureKind::Usage, format!("copy {what}"), error.to_string())
                    });
                    drop(update::on_event(&mut self.state, Event::Copied { what, result }));
                }
                Effect::CopySecret { way: way @ Clipboard::Terminal, secret } => {
                    let result = self.terminal.copy(secret.expose()).map_err(|error| {
                        Failure::new(FailureKind::Usage, "copy the secret", error.to_string())
                    });
                    drop(update::on_event(&mut self.state, Event::SecretCopied { way, result }));
                }
                Effect::ClearClipboard { way: Clipboard::Terminal } => {
                    self.terminal.copy("").context("cannot clear the clipboard")?;
                }
                order => self.orders.send(order).await.context("the worker stopped")?,
            }
        }
        Ok(ControlFlow::Continue(()))
    }
}
