//! What others can see of a process that holds secrets.

use std::{
    fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    process::Stdio,
};

use rustix::process::geteuid;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use super::shell::Shell;

/// Nobody in particular: root would see everything, so it becomes somebody else.
const SOMEBODY: u32 = 65_534;

fn as_somebody(command: &mut Command) -> &mut Command {
    if geteuid().is_root() { command.uid(SOMEBODY).gid(SOMEBODY) } else { command }
}

/// Starts a program that says a line when it is up.
async fn started(command: &mut Command) -> Child {
    let mut child = as_somebody(command).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    lines.next_line().await.unwrap().unwrap();
    child
}

/// Whether somebody of the same user can read this file of a process.
async fn is_open(process: &Child, file: &str) -> bool {
    let path = format!("/proc/{}/{file}", process.id().unwrap());
    let mut dd = Command::new("dd");
    dd.arg(format!("if={path}")).args(["bs=1", "count=1"]);
    as_somebody(dd.stdout(Stdio::null()).stderr(Stdio::null())).status().await.unwrap().success()
}

fn core_limit(process: &Child) -> String {
    let limits = fs::read_to_string(format!("/proc/{}/limits", process.id().unwrap())).unwrap();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max core file size")).unwrap();
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Check 53, with a program that does nothing of the kind beside it.
#[tokio::test(flavor = "multi_thread")]
async fn check_53_memory_and_environment_are_closed_to_others_and_never_dumped() {
    let shell = Shell::with(&[]).await;
    fs::set_permissions(shell.home.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let azpat = started(&mut shell.command(&["emulator"])).await;
    let mut other = Command::new("/bin/sh");
    other
        .args(["-c", "ulimit -S -c 1; echo up; read line"])
        .stdin(Stdio::piped())
        .kill_on_drop(true);
    let other = started(&mut other).await;

    assert_eq!(core_limit(&azpat), "0 0 bytes");
    assert_ne!(core_limit(&other), "0 0 bytes");
    let owner = |process: &Child| {
        fs::metadata(format!("/proc/{}/environ", process.id().unwrap())).unwrap().uid()
    };
    assert_eq!(owner(&azpat), 0);
    assert_ne!(owner(&other), 0);
    for file in ["environ", "maps"] {
        assert!(!is_open(&azpat, file).await, "{file}");
        assert!(is_open(&other, file).await, "{file}");
    }
}
