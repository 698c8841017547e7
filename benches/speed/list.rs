//! `azpat list` of 250 tokens, beside curl fetching the very same pages.

#![expect(clippy::disallowed_types, reason = "nothing else runs while a program is measured")]

use std::{
    io::ErrorKind,
    process::{Command, Output},
    time::Duration,
};

use anyhow::Context as _;
use azpat::clock;

use crate::{
    report::{Row, median, shown},
    service::Service,
};

const ROUNDS: usize = 15;
const NAME: &str = "azpat list of 250 tokens / curl";

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let service = Service::start(&[("contoso", 250)])?;
    let home = tempfile::tempdir()?;
    let mut azpat = Command::new(env!("CARGO_BIN_EXE_azpat"));
    azpat
        .args(["list", "--status", "all", "--format", "json"])
        .env_clear()
        .envs(service.variables());
    azpat.env("HOME", home.path()).env("TZ", "UTC").current_dir(home.path());

    let (_, listed) = run(&mut azpat)?.context("azpat is missing")?;
    let listed: Vec<serde_json::Value> = serde_json::from_slice(&listed.stdout)?;
    anyhow::ensure!(listed.len() == 250, "azpat listed {} tokens", listed.len());
    let mut curl = curl(&service)?;

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.extend(run(&mut azpat)?.map(|(took, _)| took));
        let Some((took, _)) = run(&mut curl)? else {
            let figure = format!("{}; curl not found", shown(median(ours)));
            return Ok(vec![Row::skipped(NAME, &figure)]);
        };
        theirs.push(took);
    }
    Ok(vec![Row::times(NAME, (median(ours), median(theirs)), 3.0)])
}

/// One curl, one connection, every page that azpat has just asked for.
fn curl(service: &Service) -> anyhow::Result<Command> {
    let mut curl = Command::new("curl");
    curl.args(["--disable", "--silent", "--fail", "--noproxy", "*", "--header"]);
    curl.arg(format!("Authorization: Bearer {}", service.emulator.access_token()));
    let root = service.emulator.url().as_str().trim_end_matches('/');
    let mut requests = service.emulator.control().requests();
    requests.retain(|seen| seen.path.ends_with("/pats"));
    anyhow::ensure!(requests.len() > 3, "only {} pages were asked for", requests.len());
    for seen in requests {
        curl.args(["--output", "/dev/null"]).arg(format!("{root}{}?{}", seen.path, seen.query));
    }
    Ok(curl)
}

/// `None` where the program is not installed.
fn run(command: &mut Command) -> anyhow::Result<Option<(Duration, Output)>> {
    let begin = clock::monotonic();
    let output = match command.output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        output => output?,
    };
    let took = begin.elapsed();
    let said = String::from_utf8_lossy(&output.stderr);
    anyhow::ensure!(output.status.success(), "{}: {said}", output.status);
    Ok(Some((took, output)))
}
