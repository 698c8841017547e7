//! What reaches the disk and in which order, as `strace` sees it where there is one, and disks that
//! take nothing more.

use std::{collections::HashMap, fs, path::Path};

use tokio::process::Command;

use crate::shell::{Ran, Shell, TOKEN, Token};

/// azpat below another program, which gets these words first.
fn below(words: &[&str], shell: &Shell, arguments: &[&str]) -> Command {
    let azpat = shell.command(arguments);
    let azpat = azpat.as_std();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(azpat.get_program()).args(azpat.get_args());
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.envs(azpat.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.current_dir(shell.home.path()).stdin(std::process::Stdio::null()).kill_on_drop(true);
    command
}

/// Whether this computer has the program and lets it do this.
async fn can(words: &[&str]) -> bool {
    let ran = Command::new(words[0]).args(&words[1..]).output().await;
    ran.is_ok_and(|ran| ran.status.success())
}

const TRACED: &str = "trace=openat,mkdir,mkdirat,write,writev,sendto,sendmsg,fsync,fdatasync,\
                      rename,renameat,renameat2,link,linkat";

/// A call of the system: which, with what, and between which lines of the report.
struct Call {
    name: String,
    text: String,
    began: usize,
    ended: usize,
}

/// Puts together what the threads said in turns.
fn calls(report: &str) -> Vec<Call> {
    let (mut calls, mut begun) = (Vec::new(), HashMap::<&str, Call>::new());
    for (at, line) in report.lines().enumerate() {
        let (thread, text) = line.split_once(' ').unwrap();
        let text = text.trim_start();
        if let Some((_, rest)) = text.strip_prefix("<... ").and_then(|it| it.split_once('>')) {
            let mut call = begun.remove(thread).unwrap();
            call.text.push_str(rest);
            call.ended = at;
            calls.push(call);
        } else if let Some((name, _)) = text.split_once('(') {
            let (name, cut) = (name.to_owned(), text.strip_suffix(" <unfinished ...>"));
            let text = cut.unwrap_or(text).to_owned();
            let call = Call { name, text, began: at, ended: at };
            if cut.is_some() {
                begun.insert(thread, call);
            } else {
                calls.push(call);
            }
        }
    }
    calls
}

/// The step that a call is of a rotation to `.netrc`, and when it is certain: requests when they
/// begin, everything else when it has ended.
fn step(call: &Call, home: &str) -> Option<(usize, String)> {
    let is_sync = matches!(call.name.as_str(), "fsync" | "fdatasync");
    let has = |text: &str| call.text.contains(text);
    let is_secret = has("/..netrc.") && !has(".azpat.bak");
    let step = match call.name.as_str() {
        "write" if has("/journal.jsonl>") => {
            let step = call.text.split(r#"\"step\":\""#).nth(1)?;
            step.split('\\').next()?
        }
        _ if is_sync && has("/journal.jsonl>") => "in the journal",
        _ if is_sync && is_secret => "secret on the disk",
        _ if is_sync && has(&format!("<{home}>")) => "folder on the disk",
        name if name.starts_with("rename") && is_secret => "secret in its place",
        "write" | "writev" | "sendto" | "sendmsg" if has("\"POST /") => "POST",
        "write" | "writev" | "sendto" | "sendmsg" if has("\"DELETE /") => "DELETE",
        _ => return None,
    };
    let is_request = matches!(step, "POST" | "DELETE");
    Some((if is_request { call.began } else { call.ended }, step.to_owned()))
}

/// Checks 71 and 47, from outside.
#[tokio::test(flavor = "multi_thread")]
async fn check_71_each_step_is_on_the_disk_before_the_next_request() {
    if !can(&["strace", "true"]).await {
        return;
    }
    let mut shell = Shell::with(&[TOKEN]).await;
    let home = shell.home.path().canonicalize().unwrap();
    shell.variables.insert("AZPAT_STATE", home.join("state").into());
    let reports = tempfile::tempdir().unwrap();
    let report = reports.path().join("report");
    let strace = ["strace", "-f", "-y", "-s", "8192", "-e", TRACED, "-o"];
    let strace = [&strace[..], &[report.to_str().unwrap()]].concat();
    let rotate = ["rotate", "token", "--sink", "netrc"];
    Ran::of(&mut below(&strace, &shell, &rotate)).await.is(0);
    let (report, home) = (fs::read_to_string(report).unwrap(), home.to_str().unwrap());
    let calls = calls(&report);
    let mut steps: Vec<_> = calls.iter().filter_map(|call| step(call, home)).collect();
    steps.sort();
    let steps: Vec<_> = steps.iter().map(|(_, step)| step.as_str()).collect();
    assert_eq!(
        steps,
        [
            "intended",
            "in the journal",
            "asked",
            "in the journal",
            "POST",
            "created",
            "in the journal",
            "delivering",
            "in the journal",
            "secret on the disk",
            "secret in its place",
            "folder on the disk",
            "delivered",
            "in the journal",
            "DELETE",
        ]
    );
    // Check 47: nothing is made that is open to others, and closed only later.
    let mut count = 0;
    for call in calls.iter().filter(|call| call.text.contains(home)) {
        let is_made = call.text.contains("O_CREAT");
        if is_made || call.name.starts_with("mkdir") {
            count += 1;
            let closed = if is_made { ", 0600)" } else { ", 0700)" };
            assert!(call.text.contains(closed), "{}", call.text);
        }
    }
    assert!(count > 5, "{count}: the report is not of azpat");
}

/// The file of limits in this folder, and how many beside it are not in their places.
fn limits(folder: &Path) -> (String, usize) {
    let names = fs::read_dir(folder).unwrap().map(|it| it.unwrap().file_name());
    let fresh = names.filter(|name| name.to_string_lossy().ends_with(".new")).count();
    (fs::read_to_string(folder.join("limits.json")).unwrap(), fresh)
}

/// Check 49: whatever the disk answers, and wherever azpat is killed meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn check_49_a_file_is_old_or_new_whatever_the_disk_says_to_each_step() {
    if !can(&["strace", "-e", "trace=fsync", "-e", "inject=fsync:error=EIO", "true"]).await {
        return;
    }
    let mut shell = Shell::with(&[TOKEN]).await;
    let folder = shell.home.path().join("state");
    shell.variables.insert("AZPAT_STATE", folder.clone().into());
    shell.set(|settings| settings.policies.lifespan_days = Some(60));
    shell.run(&["extend", "token", "--by", "90d"]).await.is(0);
    let (old, _) = limits(&folder);
    let forget = ["limits", "--forget", "contoso"];
    shell.run(&forget).await.is(0);
    let (new, _) = limits(&folder);
    assert_ne!(old, new);
    for (step, is_put) in [
        ("fsync:when=1", false),
        ("rename,renameat,renameat2:when=1", false),
        ("fsync:when=2", true),
    ] {
        for fault in ["error=ENOSPC", "error=EIO", "error=EROFS", "signal=KILL"] {
            fs::write(folder.join("limits.json"), &old).unwrap();
            let (call, when) = step.split_once(':').unwrap();
            let inject = format!("inject={call}:{fault}:{when}");
            let trace = format!("trace={call}");
            let strace = ["strace", "-f", "-e", &trace, "-e", &inject, "-o", "/dev/null"];
            let output = below(&strace, &shell, &forget).output().await.unwrap();
            let case = format!("{inject}: {output:?}");
            let (content, fresh) = limits(&folder);
            assert!(!output.status.success(), "{case}");
            // Only who is killed cannot take the new file away.
            assert!(fresh <= usize::from(fault == "signal=KILL"), "{case}");
            let is_killed_on_the_way = fault == "signal=KILL" && call != "fsync";
            let is_right = content == if is_put { &*new } else { &*old };
            assert!(is_right || (is_killed_on_the_way && content == new), "{case}: {content}");
            // The next one goes on as if nothing had been, and clears up.
            fs::write(folder.join("limits.json"), &old).unwrap();
            shell.run(&forget).await.is(0);
            assert_eq!(limits(&folder), (new.clone(), 0), "{case}");
        }
    }
}

/// Check 76: on a disk that is full or takes nothing, neither a rotation nor a creation begins.
#[tokio::test(flavor = "multi_thread")]
async fn check_76_where_the_journal_does_not_fit_nothing_is_begun() {
    let mut shell = Shell::with(&[TOKEN, Token { name: "bot", ..TOKEN }]).await;
    let state = shell.home.path().join("disk/state");
    fs::create_dir(shell.home.path().join("disk")).unwrap();
    shell.variables.insert("AZPAT_STATE", state.into());
    let limit = "trap '' XFSZ; ulimit -f 0; exec \"$@\"";
    let disk = |then: &str| {
        format!(
            "mount -t tmpfs -o size=64k,mode=700 none disk && mkdir -m 700 disk/state && {then} && \
             exec \"$@\""
        )
    };
    let full = disk("{ head -c 1m /dev/zero >disk/full 2>/dev/null; true; }");
    let fixed = disk("mount -o remount,ro disk");
    let mut cases = vec![(vec!["sh", "-c", limit, "sh"], "too large")];
    let own = ["unshare", "--mount", "--map-root-user"];
    if can(&[&own[..], &["mount", "-t", "tmpfs", "none", "/mnt"]].concat()).await {
        let below = |script| [&own[..], &["sh", "-c", script, "sh"]].concat();
        cases.push((below(&*full), "No space left on device"));
        cases.push((below(&*fixed), "Read-only file system"));
    }
    for (words, why) in cases {
        for arguments in
            [&["rotate", "bot"][..], &["create", "ci", "--scope", "vso.code", "-o=contoso"]]
        {
            let ran = Ran::of(&mut below(&words, &shell, arguments)).await;
            ran.is(2).says("it cannot be written down, and would be lost in a crash").says(why);
            assert_eq!((ran.out.as_str(), shell.writes()), ("", 0), "{words:?}");
        }
    }
}
