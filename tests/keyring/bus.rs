//! A message bus of our own, so that nothing touches the one of whoever runs the tests, and the
//! real keyring on it.

use std::{fs, path::Path, process::Stdio, time::Duration};

use dbus::{Message, channel::Channel};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, Command},
};

/// How the keyring is started.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyring {
    Unlocked,
    Locked,
}

/// A bus, and what was started on it; they end with it.
pub(super) struct Bus {
    address: String,
    keyring: Option<Child>,
    _daemon: Child,
    _home: TempDir,
}

impl Bus {
    /// A bus on which nobody is, and which starts nobody.
    pub(super) async fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        let listen = home.path().display();
        let xml = format!(
            r#"<busconfig><type>session</type><listen>unix:dir={listen}</listen>
            <auth>EXTERNAL</auth><policy context="default"><allow user="*"/><allow own="*"/>
            <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
            </policy></busconfig>"#
        );
        fs::write(&config, xml).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("dbus-daemon: {error}; install the package dbus"));
        let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
        let address = lines.next_line().await.unwrap().unwrap();
        Self { address, keyring: None, _daemon: daemon, _home: home }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// Starts the GNOME Keyring with its files in this folder, and waits until it is there.
    pub(super) async fn start_keyring(&mut self, folder: &Path, how: Keyring) {
        let mut command = Command::new("gnome-keyring-daemon");
        command.args(["--foreground", "--components=secrets"]);
        if how == Keyring::Unlocked {
            command.arg("--unlock");
        }
        let mut keyring = command
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("XDG_DATA_HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .env_remove("DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("gnome-keyring-daemon: {error}; install the package gnome-keyring")
            });
        // The end of the password is the end of its input.
        let mut password = keyring.stdin.take().unwrap();
        password.write_all(b"password of the tests").await.unwrap();
        drop(password);
        self.keyring = Some(keyring);
        wait_for_the_service(&self.address);
    }
}

/// Connected, with a name on the bus.
pub(super) fn connect(address: &str) -> Channel {
    let mut channel = Channel::open_private(address).unwrap();
    channel.register().unwrap();
    channel
}

/// Until somebody answers for the Secret Service.
fn wait_for_the_service(address: &str) {
    let channel = connect(address);
    for _ in 0..1000 {
        let bus = "org.freedesktop.DBus";
        let ask = Message::new_method_call(bus, "/org/freedesktop/DBus", bus, "NameHasOwner");
        let ask = ask.unwrap().append1("org.freedesktop.secrets");
        let answer = channel.send_with_reply_and_block(ask, Duration::from_secs(5)).unwrap();
        if answer.get1::<bool>() == Some(true) {
            return;
        }
        // Waits for other messages, of which there are none, a little while.
        channel.read_write(Some(Duration::from_millis(10))).unwrap();
    }
    panic!("the keyring has not come up");
}
