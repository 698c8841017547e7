//! What azpat does while nothing happens: nothing. Linux tells it in /proc.

use std::{fs, path::Path, time::Duration};

use anyhow::Context as _;
use azpat::clock;

use crate::{pty::Pty, report::Row};

const WINDOW: Duration = Duration::from_secs(10);
const NAME: &str = "idle for 10 s";

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    if !cfg!(target_os = "linux") {
        return Ok(vec![Row::skipped(NAME, "only on Linux")]);
    }
    let mut pty = Pty::spawn(Path::new(env!("CARGO_BIN_EXE_azpat")), &["--demo"], &[])?;
    pty.until_screen(WINDOW, |screen| screen.contains("tokens") && !screen.contains("listing"))?;
    // What is still on its way, such as the last frame of the listing.
    pty.written_within(Duration::from_secs(1))?;
    let before = minute();
    let mut rest = Rest::of(&mut pty)?;
    if before != minute() {
        // Days left and ages are drawn anew at the minute. The next one is not in this window.
        rest = Rest::of(&mut pty)?;
    }
    Ok(vec![
        Row::at_most("idle for 10 s: written", (f64::from(rest.bytes), 0.0), "bytes"),
        Row::at_most("idle for 10 s: processor time", (f64::from(rest.ticks), 1.0), "ticks"),
        Row::at_most("idle for 10 s: wake-ups", (f64::from(rest.wakeups), 10.0), "times"),
    ])
}

/// The minute that the clock shows.
fn minute() -> i64 {
    clock::now().timestamp().div_euclid(60)
}

/// What a program did in the window.
struct Rest {
    bytes: u32,
    ticks: u32,
    wakeups: u32,
}

impl Rest {
    fn of(pty: &mut Pty) -> anyhow::Result<Self> {
        let id = pty.id()?;
        let (ticks_before, wakeups_before) = (ticks(id)?, wakeups(id)?);
        let bytes = u32::try_from(pty.written_within(WINDOW)?)?;
        Ok(Self {
            bytes,
            ticks: ticks(id)?.saturating_sub(ticks_before),
            wakeups: wakeups(id)?.saturating_sub(wakeups_before),
        })
    }
}

/// The processor time used so far, in hundredths of a second.
fn ticks(id: u32) -> anyhow::Result<u32> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The name stands in parentheses and may contain blanks. `utime` and `stime` are the fields 14
    // and 15 of proc(5), so 11 and 12 after it.
    let (_, fields) = stat.rsplit_once(") ").context("no fields in /proc/ID/stat")?;
    let times = fields.split(' ').skip(11).take(2).map(str::parse::<u32>);
    Ok(times.collect::<Result<Vec<_>, _>>()?.iter().sum())
}

/// How often any of its threads went to sleep so far, and so was woken.
fn wakeups(id: u32) -> anyhow::Result<u32> {
    let mut sum = 0;
    for task in fs::read_dir(format!("/proc/{id}/task"))? {
        // A thread may end meanwhile; it wakes no more.
        let Ok(status) = fs::read_to_string(task?.path().join("status")) else { continue };
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sum += line.context("no switches in /proc")?.trim().parse::<u32>()?;
    }
    Ok(sum)
}
