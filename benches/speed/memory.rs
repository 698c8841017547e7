//! The memory of azpat with 100,000 tokens on its screen. Linux tells it in /proc.

use std::{fs, path::Path, time::Duration};

use anyhow::Context as _;

use crate::{pty::Pty, report::Row, service::Service};

const NAME: &str = "memory with 100,000 tokens";

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    if !cfg!(target_os = "linux") {
        return Ok(vec![Row::skipped(NAME, "only on Linux")]);
    }
    let service = Service::start(&[("contoso", 50_000), ("fabrikam", 50_000)])?;
    let azpat = Path::new(env!("CARGO_BIN_EXE_azpat"));
    let mut pty = Pty::spawn(azpat, &[], &service.variables())?;
    let took = pty.until_screen(Duration::from_mins(2), |screen| {
        screen.contains("100,000 tokens") && !screen.contains("listing")
    })?;
    let status = fs::read_to_string(format!("/proc/{}/status", pty.id()?))?;
    let kib = |field: &str| -> anyhow::Result<f64> {
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.with_context(|| format!("no {field} in /proc"))?.parse()?)
    };
    Ok(vec![
        Row::at_most(NAME, (kib("VmRSS:")? / 1024.0, 60.0), "MiB"),
        Row::told("  at most, while listing", format!("{:.2} MiB", kib("VmHWM:")? / 1024.0)),
        Row::told("  time to list them", format!("{:.1} s", took.as_secs_f64())),
    ])
}
