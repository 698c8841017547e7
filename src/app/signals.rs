//! Signals, and the end of the terminal, as things that happen.

use std::{io, process::ExitCode};

/// What another process, or the terminal's end, asks for.
#[derive(Debug)]
pub(super) enum Signal {
    /// Leave, with this exit code.
    End(ExitCode),
    /// Stop until the shell continues us.
    #[cfg(unix)]
    Stop,
}

#[cfg(unix)]
mod unix {
    use std::{
        sync::{
            Arc,
            atomic::{AtomicBool, Ordering},
        },
        time::Duration,
    };

    use rustix::{
        event::{PollFd, PollFlags, poll},
        process::{Signal as Number, kill_current_process_group},
    };
    use tokio::{
        runtime::Handle,
        signal::unix::{Signal as Stream, SignalKind, signal},
        sync::{mpsc, oneshot},
    };

    use super::{ExitCode, Signal, io};

    /// How long the loop may take to leave after a signal.
    const PATIENCE: Duration = Duration::from_millis(700);

    /// The same while there is a token to be taken back first.
    const LONG_PATIENCE: Duration = Duration::from_secs(3);

    /// The signals that azpat answers, listened to beside the loop.
    #[derive(Debug)]
    pub(crate) struct Signals {
        told: mpsc::Receiver<Signal>,
        is_patient: Arc<AtomicBool>,
    }

    impl Signals {
        /// Must be called inside the runtime.
        pub(crate) fn new() -> io::Result<Self> {
            let streams = Streams::new()?;
            let (tx, told) = mpsc::channel(1);
            let is_patient = Arc::new(AtomicBool::new(false));
            // Beside the loop, since the loop may hang in a write to a terminal that takes nothing.
            Handle::current().spawn(listen(streams, tx, Arc::clone(&is_patient)));
            Ok(Self { told, is_patient })
        }

        /// Whether there is something to do before leaving that takes a while.
        pub(crate) fn be_patient(&self, is_patient: bool) {
            self.is_patient.store(is_patient, Ordering::SeqCst);
        }

        pub(crate) async fn next(&mut self) -> Signal {
            match self.told.recv().await {
                Some(signal) => signal,
                None => std::future::pending().await,
            }
        }
    }

    /// Passes signals on to the loop. If it does not leave when it is told to, leaves without it.
    async fn listen(mut streams: Streams, tx: mpsc::Sender<Signal>, is_patient: Arc<AtomicBool>) {
        loop {
            let number = streams.next().await;
            if number == Number::TSTP {
                tx.send(Signal::Stop).await.ok();
                continue;
            }
            // The shell's convention: 128 and the number of the signal.
            let code = u8::try_from(128 + number.as_raw()).unwrap_or(u8::MAX);
            tx.send(Signal::End(ExitCode::from(code))).await.ok();
            let is_patient = is_patient.load(Ordering::SeqCst);
            tokio::time::sleep(if is_patient { LONG_PATIENCE } else { PATIENCE }).await;
            // The bytes that undo the screen cannot be written, but the line discipline can.
            crossterm::terminal::disable_raw_mode().ok();
            #[expect(clippy::exit, reason = "the loop hangs in a write and cannot return")]
            std::process::exit(code.into());
        }
    }

    #[derive(Debug)]
    struct Streams {
        terminate: Stream,
        hang_up: Stream,
        interrupt: Stream,
        quit: Stream,
        stop: Stream,
        gone: oneshot::Receiver<()>,
    }

    impl Streams {
        fn new() -> io::Result<Self> {
            let (gone_tx, gone) = oneshot::channel();
            // crossterm spins on a terminal that is gone, and a hang-up signal may never come
            // (nohup), so the terminal itself is watched. The thread sleeps until then.
            std::thread::Builder::new().name("terminal-watch".to_owned()).spawn(move || {
                let stdin = io::stdin();
                let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
                while let Err(rustix::io::Errno::INTR) = poll(&mut fds, None) {}
                gone_tx.send(()).ok();
            })?;
            Ok(Self {
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                interrupt: signal(SignalKind::interrupt())?,
                quit: signal(SignalKind::quit())?,
                stop: signal(SignalKind::from_raw(Number::TSTP.as_raw()))?,
                gone,
            })
        }

        async fn next(&mut self) -> Number {
            tokio::select! {
                _ = self.terminate.recv() => Number::TERM,
                _ = self.hang_up.recv() => Number::HUP,
                _ = self.interrupt.recv() => Number::INT,
                _ = self.quit.recv() => Number::QUIT,
                _ = self.stop.recv() => Number::TSTP,
                _ = &mut self.gone => Number::HUP,
            }
        }
    }

    /// Stops the whole job, as the terminal's own Ctrl-Z would. Returns when it is continued.
    pub(crate) fn stop() -> io::Result<()> {
        kill_current_process_group(Number::STOP).map_err(io::Error::from)
    }
}

#[cfg(unix)]
pub(super) use unix::{Signals, stop};

#[cfg(windows)]
mod windows {
    use tokio::signal::windows::{
        CtrlBreak, CtrlClose, CtrlLogoff, CtrlShutdown, ctrl_break, ctrl_close, ctrl_logoff,
        ctrl_shutdown,
    };

    use super::{ExitCode, Signal, io};

    /// The ends of a console: Ctrl-Break, its window closed, logging off, shutting down. Ctrl-C
    /// arrives as a key. The system itself ends what does not leave in time.
    #[derive(Debug)]
    pub(crate) struct Signals {
        stop: CtrlBreak,
        close: CtrlClose,
        log_off: CtrlLogoff,
        shut_down: CtrlShutdown,
    }

    impl Signals {
        pub(crate) fn new() -> io::Result<Self> {
            Ok(Self {
                stop: ctrl_break()?,
                close: ctrl_close()?,
                log_off: ctrl_logoff()?,
                shut_down: ctrl_shutdown()?,
            })
        }

        #[expect(clippy::unused_self, reason = "the system sets the time that there is")]
        pub(crate) fn be_patient(&self, _: bool) {}

        pub(crate) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.stop.recv() => {}
                _ = self.close.recv() => {}
                _ = self.log_off.recv() => {}
                _ = self.shut_down.recv() => {}
            }
            Signal::End(ExitCode::FAILURE)
        }
    }

    /// There is no job control.
    #[expect(clippy::unnecessary_wraps, reason = "on Unix this can fail")]
    pub(crate) fn stop() -> io::Result<()> {
        Ok(())
    }
}

#[cfg(windows)]
pub(super) use windows::{Signals, stop};
