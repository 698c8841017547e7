//! A pseudo-terminal with the real program in it, and a model of the screen that it draws.

use std::{
    io::{Read as _, Write as _},
    sync::{Arc, Condvar, Mutex},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use azpat::emulator::Emulator;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The program in its terminal.
pub(crate) struct Program {
    child: Option<Box<dyn Child + Send + Sync>>,
    master: Option<Box<dyn MasterPty + Send>>,
    keys: Option<Box<dyn std::io::Write + Send>>,
    seen: Arc<Seen>,
    reader: Option<JoinHandle<()>>,
}

/// What the terminal got so far.
struct Seen {
    output: Mutex<Output>,
    changed: Condvar,
}

struct Output {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    has_ended: bool,
    /// The test closes its end of the terminal.
    is_closing: bool,
    /// Takes a byte every ten milliseconds.
    is_slow: bool,
}

/// How to start it.
pub(crate) struct Start {
    command: CommandBuilder,
    size: (u16, u16),
    home: tempfile::TempDir,
}

impl Start {
    pub(crate) fn new(arguments: &[&str]) -> Self {
        Self::program(env!("CARGO_BIN_EXE_azpat"), arguments)
    }

    /// A shell with job control, in which `$AZPAT` is the program.
    pub(crate) fn shell(script: &str) -> Self {
        let script = format!("set -m; {script}");
        Self::program("/bin/sh", &["-c", &script]).env("AZPAT", env!("CARGO_BIN_EXE_azpat"))
    }

    /// This test program again, running nothing but one of its tests.
    pub(crate) fn test(name: &str) -> Self {
        let program = std::env::current_exe().unwrap();
        Self::program(program.to_str().unwrap(), &["--exact", name, "--nocapture"])
    }

    fn program(program: &str, arguments: &[&str]) -> Self {
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        command.env_clear();
        let home = tempfile::tempdir().unwrap();
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        command.env("PATH", "/nowhere");
        Self { command, size: (100, 30), home }
    }

    /// Connected to a service of the test's own.
    pub(crate) fn against(emulator: &Emulator) -> Self {
        Self::new(&[])
            .env("AZPAT_SERVICE_URL", emulator.url().as_str())
            .env("AZPAT_PROFILE_URL", emulator.url().as_str())
            .env("AZPAT_ACCESS_TOKEN", emulator.access_token())
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Without a terminal that would be its own: `/dev/tty` does not open.
    pub(crate) fn detached(mut self) -> Self {
        self.command.set_controlling_tty(false);
        self
    }

    pub(crate) fn size(mut self, columns: u16, rows: u16) -> Self {
        self.size = (columns, rows);
        self
    }

    pub(crate) fn run(self) -> Program {
        let (cols, rows) = self.size;
        let pair = native_pty_system().openpty(pty_size(cols, rows)).unwrap();
        let child = pair.slave.spawn_command(self.command).unwrap();
        drop(pair.slave);
        let output = Output {
            screen: parser(cols, rows),
            bytes: Vec::new(),
            has_ended: false,
            is_closing: false,
            is_slow: false,
        };
        let seen = Arc::new(Seen { output: Mutex::new(output), changed: Condvar::new() });
        let mut source = pair.master.try_clone_reader().unwrap();
        let (shared, home) = (Arc::clone(&seen), self.home);
        let reader = std::thread::spawn(move || {
            // The home folder lives as long as the program does.
            let _home = home;
            let mut buffer = [0; 16 * 1024];
            let mut most = buffer.len();
            while let Ok(count @ 1..) = source.read(&mut buffer[..most]) {
                let mut output = shared.output.lock().unwrap();
                output.bytes.extend_from_slice(&buffer[..count]);
                output.screen.process(&buffer[..count]);
                shared.changed.notify_all();
                if output.is_closing {
                    break;
                }
                most = if output.is_slow { 1 } else { buffer.len() };
                let pause = Duration::from_millis(10);
                drop(shared.changed.wait_timeout_while(output, pause, |output| output.is_slow));
            }
            drop(source);
            shared.output.lock().unwrap().has_ended = true;
            shared.changed.notify_all();
        });
        let keys = pair.master.take_writer().unwrap();
        Program {
            child: Some(child),
            master: Some(pair.master),
            keys: Some(keys),
            seen,
            reader: Some(reader),
        }
    }
}

fn pty_size(cols: u16, rows: u16) -> PtySize {
    PtySize { cols, rows, pixel_width: 0, pixel_height: 0 }
}

fn parser(cols: u16, rows: u16) -> vt100::Parser {
    vt100::Parser::new(rows.try_into().unwrap(), cols.try_into().unwrap(), 0)
}

impl Program {
    pub(crate) fn pid(&self) -> i32 {
        i32::try_from(self.child.as_ref().unwrap().process_id().unwrap()).unwrap()
    }

    pub(crate) fn screen(&self) -> String {
        self.seen.output.lock().unwrap().screen.screen().contents()
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.seen.output.lock().unwrap().bytes.clone()
    }

    /// Waits until the screen shows what is wanted.
    pub(crate) fn wait(&mut self, wanted: &str) -> &mut Self {
        self.wait_until(wanted, |screen| screen.contains(wanted))
    }

    pub(crate) fn wait_until(&mut self, what: &str, is_there: impl Fn(&str) -> bool) -> &mut Self {
        self.wait_for(what, |output| is_there(&output.screen.screen().contents()))
    }

    /// Waits for something that the screen does not keep.
    pub(crate) fn wait_for_bytes(
        &mut self,
        what: &str,
        is_there: impl Fn(&str) -> bool,
    ) -> &mut Self {
        self.wait_for(what, |output| is_there(&String::from_utf8_lossy(&output.bytes)))
    }

    fn wait_for(&mut self, what: &str, is_there: impl Fn(&Output) -> bool) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        let seen = Arc::clone(&self.seen);
        let mut output = seen.output.lock().unwrap();
        while !is_there(&output) {
            let left = end.saturating_duration_since(Instant::now());
            let screen = output.screen.screen().contents();
            assert!(!left.is_zero() && !output.has_ended, "`{what}` never came:\n{screen}");
            output = seen.changed.wait_timeout(output, left).unwrap().0;
        }
        drop(output);
        self
    }

    pub(crate) fn keys(&mut self, keys: &str) -> &mut Self {
        self.raw(keys.as_bytes())
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) -> &mut Self {
        let writer = self.keys.as_mut().unwrap();
        writer.write_all(bytes).unwrap();
        writer.flush().unwrap();
        self
    }

    pub(crate) fn resize(&self, cols: u16, rows: u16) {
        let mut output = self.seen.output.lock().unwrap();
        let (rows, cols) = (rows, cols);
        output.screen.screen_mut().set_size(rows.try_into().unwrap(), cols.try_into().unwrap());
        self.master.as_ref().unwrap().resize(pty_size(cols, rows)).unwrap();
    }

    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.pid()).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// From now on the terminal takes a byte every ten milliseconds, or again all there is.
    pub(crate) fn slow(&mut self, is_slow: bool) -> &mut Self {
        self.seen.output.lock().unwrap().is_slow = is_slow;
        self.seen.changed.notify_all();
        self
    }

    /// While this is held, the terminal takes no output.
    pub(crate) fn stall(&self) -> impl Sized + use<> {
        // The reader waits for the lock, and the kernel's buffer fills up.
        let (tx, release) = std::sync::mpsc::channel::<()>();
        let (held_tx, held) = std::sync::mpsc::channel();
        let seen = Arc::clone(&self.seen);
        std::thread::spawn(move || {
            let output = seen.output.lock().unwrap();
            held_tx.send(()).unwrap();
            release.recv().ok();
            drop(output);
        });
        held.recv().unwrap();
        tx
    }

    /// The terminal goes away: all three ends of this side are closed.
    pub(crate) fn close(&mut self) {
        self.seen.output.lock().unwrap().is_closing = true;
        // Its answer wakes the reader, which then lets go.
        self.keys("j");
        self.reader.take().unwrap().join().unwrap();
        self.keys = None;
        self.master = None;
    }

    /// Waits for the end; the exit code, and everything the terminal got.
    pub(crate) fn end(mut self) -> (u32, Vec<u8>) {
        let end = Instant::now() + PATIENCE;
        let mut output = self.seen.output.lock().unwrap();
        while !output.has_ended {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "it never ended:\n{}", output.screen.screen().contents());
            output = self.seen.changed.wait_timeout(output, left).unwrap().0;
        }
        drop(output);
        let code = self.exit_code();
        (code, self.bytes())
    }

    /// Waits until the program has ended by itself, and leaves its exit code to be asked for. How
    /// long that took.
    pub(crate) fn wait_for_exit(&self) -> Duration {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
        let (begin, id) = (Instant::now(), WaitId::Pid(Pid::from_raw(self.pid()).unwrap()));
        let (ended, end) = std::sync::mpsc::channel();
        let how = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        std::thread::spawn(move || ended.send(waitid(id, how).is_ok()).ok());
        assert!(end.recv_timeout(PATIENCE).unwrap());
        begin.elapsed()
    }

    /// The processor time that it has taken so far. Also of a program that has ended, until its
    /// exit code is asked for.
    #[cfg(target_os = "linux")]
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid())).unwrap();
        // The fields after the name, which may hold blanks: user and system time, in hundredths.
        let (_, fields) = stat.rsplit_once(") ").unwrap();
        let fields = fields.split(' ').skip(11).take(2).map(|field| field.parse::<u64>().unwrap());
        Duration::from_millis(fields.sum::<u64>() * 10)
    }

    /// Waits for the exit code, whatever the terminal got.
    pub(crate) fn exit_code(&mut self) -> u32 {
        let (ended, end) = std::sync::mpsc::channel();
        let mut child = self.child.take().unwrap();
        let mut killer = child.clone_killer();
        std::thread::spawn(move || ended.send(child.wait().unwrap().exit_code()));
        let code = end.recv_timeout(PATIENCE);
        if code.is_err() {
            killer.kill().unwrap();
        }
        code.unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // A failed test must not leave the program behind.
        if let Some(child) = &mut self.child {
            child.kill().ok();
        }
    }
}
