//! Whether azpat is as fast and as small as it promises: `cargo build --release --examples && cargo
//! bench --bench speed`. Limits compare two things measured in the same run, so they hold on any
//! machine. `-- NAME` after it runs only the measures whose name contains NAME.

mod report;

mod filter;
mod key;
mod names;
mod size;
mod tokens;

#[cfg(unix)]
mod idle;
#[cfg(unix)]
mod list;
#[cfg(unix)]
mod memory;
#[cfg(unix)]
mod pty;
#[cfg(unix)]
mod service;
#[cfg(unix)]
mod start;

use std::process::ExitCode;

use report::{Report, Row};

/// A name to choose it by, and what it measures.
type Measure = (&'static str, fn() -> anyhow::Result<Vec<Row>>);

const MEASURES: &[Measure] = &[
    ("key", key::measure),
    ("names", names::measure),
    ("filter", filter::measure),
    #[cfg(unix)]
    ("start", start::measure),
    #[cfg(unix)]
    ("list", list::measure),
    #[cfg(unix)]
    ("memory", memory::measure),
    #[cfg(unix)]
    ("idle", idle::measure),
    ("size", size::measure),
];

fn main() -> ExitCode {
    // Cargo itself adds `--bench`.
    let wanted: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let mut report = Report::begin();
    for (name, measure) in MEASURES {
        if wanted.is_empty() || wanted.iter().any(|word| name.contains(word.as_str())) {
            report.add(measure().unwrap_or_else(|error| vec![Row::failed(name, &error)]));
        }
    }
    if report.is_kept() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
