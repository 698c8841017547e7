//! From the start of the program to its first frame, and to the first tokens on the screen.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::Context as _;

use crate::{
    pty::Pty,
    report::{Row, median},
};

const ROUNDS: usize = 15;

/// azpat ends each frame with this.
const END_OF_FRAME: &str = "\x1b[?2026l";

/// In the last row of the bare program.
const LAST_ROW: &str = "omega";

/// Of the tokens in assets/demo.json, one that ends soon and so stands at the top.
const TOKEN: &str = "nuget-publish";

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let azpat = Path::new(env!("CARGO_BIN_EXE_azpat"));
    let bare = bare()?;
    let (mut first, mut filled, mut least) = (Vec::new(), Vec::new(), Vec::new());
    let mut without_tokens = None;
    for _ in 0..ROUNDS {
        least.push(Pty::spawn(&bare, &[], &[])?.until_frame(LAST_ROW)?);
        let mut pty = Pty::spawn(azpat, &["--demo"], &[])?;
        first.push(pty.until_frame(END_OF_FRAME)?);
        let limit = Duration::from_secs(10);
        match pty.until_screen(limit, |screen| screen.contains(TOKEN)) {
            Ok(took) => filled.push(took),
            Err(error) => {
                without_tokens = Some(error);
                break;
            }
        }
    }
    let (first, least) = (median(first), median(least));
    let name = "start to first tokens / bare program";
    let tokens = match without_tokens {
        Some(error) => Row::failed(name, &error),
        None => Row::times(name, (median(filled), least), 4.0),
    };
    Ok(vec![Row::times("start to first frame / bare program", (first, least), 1.5), tokens])
}

/// The example beside this benchmark: target/release/examples/bare.
fn bare() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let release = this.ancestors().nth(2).context("cannot find the folder of the examples")?;
    let bare = release.join("examples").join("bare");
    anyhow::ensure!(bare.exists(), "build it first: cargo build --release --examples");
    Ok(bare)
}
