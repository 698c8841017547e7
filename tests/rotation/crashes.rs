//! The real program, killed: at each point between two steps, and at any moment.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{PipeReader, PipeWriter, Read as _, Write as _},
    os::fd::{AsFd as _, OwnedFd},
    time::Duration,
};

use azpat::{
    emulator::{Fault, FaultKind, Operation},
    pat::Pat,
    private::Lock,
};
use futures_util::future::join_all;
use rustix::fs::{
    OFlags, fcntl_setfl,
    inotify::{self, CreateFlags, WatchFlags},
};
use tokio::{
    io::AsyncReadExt as _,
    time::{Instant, timeout},
};

use super::rig::{Rig, until};

/// Lists that are read to find the token, and before the creation.
const TO_FIND: u32 = 3;
const BEFORE: u32 = 1;

fn after(lists: u32, kind: FaultKind) -> Fault {
    Fault { skip: lists, ..Fault::once(Operation::List, kind) }
}

/// The journal's lock in the hands of the test, which is told when somebody else wants it.
struct Held {
    _lock: Lock,
    watch: OwnedFd,
}

impl Held {
    async fn take(rig: &Rig) -> Self {
        let path = rig.folder().join("journal.jsonl.lock");
        let lock = Lock::acquire(&path, Duration::from_secs(5)).await.unwrap();
        let watch = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC).unwrap();
        inotify::add_watch(&watch, &path, WatchFlags::OPEN).unwrap();
        Self { _lock: lock, watch }
    }

    async fn is_wanted(&self) {
        let mut events = [0; 1024];
        until("it wants the lock", || rustix::io::read(&self.watch, &mut events).is_ok()).await;
    }
}

/// A pipe that takes nothing more until it is read.
fn full_pipe() -> (PipeReader, PipeWriter, usize) {
    let (reader, mut writer) = std::io::pipe().unwrap();
    fcntl_setfl(writer.as_fd(), OFlags::NONBLOCK).unwrap();
    let mut size = 0;
    while let Ok(written) = writer.write(&[b'.'; 4096]) {
        size += written;
    }
    fcntl_setfl(writer.as_fd(), OFlags::empty()).unwrap();
    (reader, writer, size)
}

/// What goes wrong so that the program waits at a point.
fn fault_at(point: &str) -> Option<Fault> {
    let drip = FaultKind::DripBody { interval_ms: 1 };
    Some(match point {
        "intent" => after(TO_FIND, FaultKind::StallBefore),
        "snapshot" => after(TO_FIND, drip),
        "sent" => Fault::always(Operation::Create, FaultKind::StallBefore),
        "committed" => Fault::always(Operation::Create, FaultKind::StallAfter),
        "read" => Fault::always(Operation::Create, drip),
        "delivered" | "delete sent" => Fault::always(Operation::Revoke, FaultKind::StallBefore),
        "deleted" => Fault::always(Operation::Revoke, FaultKind::StallAfter),
        "before done" => after(TO_FIND + BEFORE, FaultKind::StallBefore),
        _ => return None,
    })
}

/// Waits until the program is at the point. Gives the lock that holds it there, if one does.
async fn arrive(rig: &Rig, old: &Pat, point: &str) -> Option<Held> {
    match point {
        "intent" => {
            until("the list is asked for", || rig.requests("GET") > TO_FIND as usize).await;
        }
        "snapshot" => {
            until("it has begun", || rig.stage() == "intended").await;
            let held = Held::take(rig).await;
            held.is_wanted().await;
            assert_eq!(rig.stage(), "intended");
            return Some(held);
        }
        "sent" => until("it is sent", || rig.requests("POST") == 1).await,
        "committed" => until("it is made", || rig.living_new().len() == 1).await,
        "read" => {
            until("it is made", || rig.living_new().len() == 1).await;
            let held = Held::take(rig).await;
            held.is_wanted().await;
            assert_eq!(rig.stage(), "asked");
            return Some(held);
        }
        "created" | "delivering" | "written" => {
            until("it delivers", || rig.stage() == "delivering").await;
        }
        "delivered" => until("it is delivered", || rig.stage() == "delivered").await,
        "delete sent" => until("it is sent", || rig.requests("DELETE") == 1).await,
        "deleted" => until("it is revoked", || rig.record(old.id.0).revoked).await,
        "before done" => {
            let lists = (TO_FIND + BEFORE) as usize;
            until("it looks again", || rig.requests("GET") > lists).await;
            assert_eq!(rig.stage(), "delivered");
        }
        other => panic!("{other}"),
    }
    None
}

/// Kills the rotation of a token at a point, and looks what is left.
async fn at(point: &str) {
    let rig = Rig::start(5, 3).await;
    let old = rig.olds().await.remove(0);
    rig.emulator.control().clear_requests();
    rig.faults(Vec::from_iter(fault_at(point)));
    azpat::private::folder(&rig.folder()).unwrap();
    let mut held = if point == "nothing" { Some(Held::take(&rig).await) } else { None };
    let mut command = rig.command(&["rotate", &old.id.to_string()]);
    let mut pipe = None;
    if ["created", "delivering", "written"].contains(&point) {
        let (reader, writer, size) = full_pipe();
        command.stdout(writer);
        pipe = Some((reader, size));
    }
    let mut child = command.spawn().unwrap();
    // The command holds an end of the pipe, too.
    drop(command);
    match &held {
        Some(held) => held.is_wanted().await,
        None => held = arrive(&rig, &old, point).await,
    }
    let mut is_written = false;
    if point == "written" {
        let held = held.insert(Held::take(&rig).await);
        let (mut reader, size) = pipe.take().unwrap();
        let drained = tokio::task::spawn_blocking(move || {
            let mut bytes = vec![0; size + 85];
            reader.read_exact(&mut bytes).unwrap();
            bytes.ends_with(b"\n")
        });
        is_written = drained.await.unwrap();
        held.is_wanted().await;
        assert_eq!(rig.stage(), "delivering");
    }
    child.kill().await.unwrap();
    drop(held);
    if let Some(mut stdout) = child.stdout.take() {
        let mut said = Vec::new();
        stdout.read_to_end(&mut said).await.unwrap();
        is_written = said.len() == 85 && said.ends_with(b"\n");
    }
    if point == "created" {
        one_step_back(&rig);
    }
    rig.faults([]);
    check_words(&rig, point).await;
    rig.settle(&old, &BTreeSet::new(), is_written).await;
}

/// As if it had died one step earlier.
fn one_step_back(rig: &Rig) {
    let path = rig.folder().join("journal.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    let text = format!("{}\n", lines[..lines.len() - 1].join("\n"));
    azpat::private::write(&path, text.as_bytes()).unwrap();
    assert_eq!(rig.stage(), "created");
}

/// What `azpat resume` says exists, and offers.
async fn check_words(rig: &Rig, point: &str) {
    let output = rig.command(&["resume", "--format", "json"]).output().await.unwrap();
    assert!(output.status.success(), "{point}: {output:?}");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let (exists, finish, roll_back) = match point {
        "nothing" => {
            assert_eq!(json.as_array().unwrap().len(), 0, "{json}");
            return;
        }
        "intent" | "snapshot" => ("nothing", false, false),
        "sent" => ("nothingYet", false, false),
        "committed" | "read" | "created" => ("newWithoutSecret", false, true),
        "delivering" | "written" => ("newPerhapsDelivered", true, true),
        "delivered" | "delete sent" => ("newAndOld", true, true),
        _ => ("done", false, false),
    };
    let said = &json[0];
    assert_eq!(said["exists"], exists, "{point}: {json}");
    assert_eq!((&said["canFinish"], &said["canRollBack"]), (&finish.into(), &roll_back.into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn check_72_killed_between_any_two_steps_it_knows_what_exists() {
    let points = [
        "nothing",
        "intent",
        "snapshot",
        "sent",
        "committed",
        "read",
        "created",
        "delivering",
        "written",
        "delivered",
        "delete sent",
        "deleted",
        "before done",
    ];
    // Two at a time: each of them is a program and a service.
    for pair in points.chunks(2) {
        join_all(pair.iter().map(|point| at(point))).await;
    }
}

/// How many random moments there are; more at night.
pub(super) fn moments() -> usize {
    std::env::var("AZPAT_KILLS").map_or(200, |count| count.parse().unwrap())
}

/// Runs the rotation for a while, and gives what it wrote.
async fn killed_after(rig: &Rig, old: &Pat, life: Duration) -> (Vec<u8>, bool) {
    let mut child = rig.command(&["rotate", &old.id.to_string()]).spawn().unwrap();
    let is_over = timeout(life, child.wait()).await.is_ok();
    if !is_over {
        child.kill().await.unwrap();
    }
    let mut said = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut said).await.unwrap();
    (said, is_over)
}

async fn lane(seed: u64, rounds: usize) -> Vec<String> {
    let rig = Rig::start(rounds * 2 + 40, seed).await;
    let mut random = fastrand::Rng::with_seed(seed);
    let olds = rig.olds().await;
    let mut olds = olds.iter().cycle();
    let begin = Instant::now();
    let first = olds.next().unwrap();
    let (said, is_over) = killed_after(&rig, first, Duration::from_mins(1)).await;
    assert!(is_over && said.len() == 85);
    let whole = begin.elapsed();
    let mut found = Vec::new();
    let mut done = BTreeSet::from([first.id]);
    for old in olds {
        if done.len() > rounds || !done.insert(old.id) {
            break;
        }
        let known = rig.living_new();
        // Nothing of interest happens before the program reads its first list.
        let life = whole.mul_f64(0.2 + random.f64() * 0.9);
        let (said, _) = killed_after(&rig, old, life).await;
        found.push(rig.settle(old, &known, said.len() == 85).await);
    }
    assert_eq!(done.len(), rounds + 1, "there were too few tokens");
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn check_72_killed_at_any_moment_no_access_is_lost_and_no_token_unknown() {
    let lanes = 4;
    let rounds = moments().div_ceil(lanes);
    let lanes = join_all((1..=lanes as u64).map(|seed| lane(seed, rounds))).await;
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for what in lanes.concat() {
        *found.entry(what).or_default() += 1;
    }
    let open: usize = found.iter().filter(|it| !it.0.starts_with("closed")).map(|it| it.1).sum();
    assert!(open * 4 > rounds && found.len() >= 4, "the moments were not mixed: {found:?}");
}
