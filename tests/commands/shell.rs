//! A shell in an empty home, with an emulator as the service.

#[cfg(unix)]
use std::io::{Read as _, Write as _};
use std::{collections::BTreeMap, ffi::OsString, fs, process::Stdio};

use azpat::{
    clock,
    emulator::{Data, Emulator, Fault, FaultKind, Operation, Options, Record, Settings},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

/// What a command left behind.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Runs a command to its end.
    pub(crate) async fn of(command: &mut Command) -> Self {
        let output = command.output().await.unwrap();
        Self {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap()
    }

    /// The names of a listing in JSON.
    pub(crate) fn names(&self) -> Vec<String> {
        let value = self.json();
        let names = value.as_array().unwrap().iter().map(|token| &token["displayName"]);
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    }

    #[track_caller]
    pub(crate) fn is(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        let is_plain = |text: &str| !text.chars().any(|c| c.is_control() && c != '\n');
        assert!(is_plain(&self.out) && is_plain(&self.err), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Self {
        assert!(self.err.contains(text), "{text}: {self:#?}");
        self
    }
}

/// One token of the emulator.
pub(crate) struct Token {
    pub(crate) name: &'static str,
    pub(crate) ends_in_days: i64,
    pub(crate) organization: usize,
    pub(crate) scope: &'static str,
    pub(crate) is_global: bool,
    pub(crate) is_revoked: bool,
}

pub(crate) const TOKEN: Token = Token {
    name: "token",
    ends_in_days: 60,
    organization: 0,
    scope: "vso.code",
    is_global: false,
    is_revoked: false,
};

pub(crate) struct Shell {
    pub(crate) home: TempDir,
    pub(crate) emulator: Emulator,
    pub(crate) variables: BTreeMap<&'static str, OsString>,
}

impl Shell {
    /// contoso and fabrikam with these tokens. They are 30 days old.
    pub(crate) async fn with(tokens: &[Token]) -> Self {
        let home = tempfile::tempdir().unwrap();
        let state = home.path().join("state.json");
        let (organizations, now) = (["contoso", "fabrikam"], clock::now());
        let date = |days| (now + TimeDelta::days(days)).to_rfc3339();
        let tokens: Vec<_> = (1_u128..)
            .zip(tokens)
            .map(|(id, token)| {
                json!({
                    "id": uuid::Uuid::from_u128(id),
                    "name": token.name,
                    "scope": token.scope,
                    "home": token.organization,
                    "global": token.is_global,
                    "revoked": token.is_revoked,
                    "valid_from": date(-30),
                    "valid_to": date(token.ends_in_days),
                })
            })
            .collect();
        let organizations: Vec<_> = (0x1000_u128..)
            .zip(organizations)
            .map(|(id, name)| json!({"id": uuid::Uuid::from_u128(id), "name": name}))
            .collect();
        let owner = json!({
            "id": uuid::Uuid::from_u128(0x2000),
            "name": "Robin",
            "email": "robin@contoso.example",
        });
        let ledger = json!({"owner": owner, "organizations": organizations, "tokens": tokens});
        fs::write(&state, ledger.to_string()).unwrap();
        Self::start(home, Options { state: Some(state), ..Options::demo() }).await
    }

    async fn start(home: TempDir, options: Options) -> Self {
        let emulator = Emulator::start(options).await.unwrap();
        let variables = BTreeMap::from([
            ("AZPAT_ACCESS_TOKEN", emulator.access_token().into()),
            ("AZPAT_SERVICE_URL", emulator.url().as_str().into()),
            ("AZPAT_PROFILE_URL", emulator.url().as_str().into()),
        ]);
        Self { home, emulator, variables }
    }

    pub(crate) async fn demo() -> Self {
        Self::start(tempfile::tempdir().unwrap(), Options::demo()).await
    }

    pub(crate) async fn generated(tokens: usize) -> Self {
        let data = Data::Generated(vec![("contoso".to_owned(), tokens)]);
        Self::start(tempfile::tempdir().unwrap(), Options { data, ..Options::demo() }).await
    }

    /// The command, ready to run: nothing of this process's environment reaches it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_azpat"));
        command
            .args(arguments)
            .env_clear()
            .envs(&self.variables)
            .env("HOME", self.home.path())
            .env("TZ", "UTC")
            .current_dir(self.home.path())
            .stdin(Stdio::null())
            .kill_on_drop(true);
        command
    }

    pub(crate) async fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&mut self.command(arguments)).await
    }

    /// Lets something go wrong once.
    pub(crate) fn fault_once(&self, operation: Operation, kind: FaultKind) {
        self.set(|settings| settings.faults.push(Fault::once(operation, kind)));
    }

    pub(crate) fn set(&self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.emulator.control().settings();
        change(&mut settings);
        self.emulator.control().set(settings);
    }

    /// How many requests could have changed something.
    pub(crate) fn writes(&self) -> usize {
        let requests = self.emulator.control().requests();
        requests.iter().filter(|seen| seen.method != "GET").count()
    }

    /// The token with this name, as it really is; the first if there are several.
    pub(crate) fn token(&self, name: &str) -> Record {
        let ledger = self.emulator.control().ledger();
        ledger.into_iter().find(|token| token.name == name).unwrap()
    }

    /// Runs in a terminal of this width, and types the answer after the question. Gives the exit
    /// code and all that was shown.
    #[cfg(unix)]
    pub(crate) fn in_terminal(
        &self,
        cols: u16,
        arguments: &[&str],
        (question, answer): (&str, &str),
    ) -> (u32, String) {
        use portable_pty::{CommandBuilder, PtySize, native_pty_system};

        let size = PtySize { rows: 24, cols, pixel_width: 0, pixel_height: 0 };
        let pty = native_pty_system().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_azpat"));
        command.args(arguments);
        command.env_clear();
        self.variables.iter().for_each(|(name, value)| command.env(name, value));
        command.env("HOME", self.home.path());
        command.env("TZ", "UTC");
        let mut child = pty.slave.spawn_command(command).unwrap();
        drop(pty.slave);
        let mut reader = pty.master.try_clone_reader().unwrap();
        let mut writer = pty.master.take_writer().unwrap();
        let (mut shown, mut some) = (Vec::new(), [0; 1024]);
        let mut is_answered = false;
        // The terminal of a program that has ended gives an error.
        while let Ok(count @ 1..) = reader.read(&mut some) {
            shown.extend_from_slice(&some[..count]);
            if !is_answered && String::from_utf8_lossy(&shown).contains(question) {
                is_answered = true;
                writer.write_all(answer.as_bytes()).unwrap();
            }
        }
        (child.wait().unwrap().exit_code(), String::from_utf8(shown).unwrap())
    }
}
