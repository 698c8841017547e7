//! One more character in the filter line over 100,000 tokens, beside fzf over the same names.

#![expect(clippy::disallowed_types, reason = "nothing else runs while fzf is measured")]

use std::{
    fs::File,
    io::{ErrorKind, Write as _},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::Context as _;
use azpat::{action::Action, clock, state::State, update};
use tempfile::NamedTempFile;

use crate::{
    report::{Row, median, shown},
    tokens,
};

const TYPED: &str = "deploy";
const ROUNDS: usize = 9;

pub(crate) fn measure() -> anyhow::Result<Vec<Row>> {
    let mut state = tokens::state(100_000)?;
    let names = names(&state)?;
    tokens::press(&mut state, &Action::Filter);
    let (mut ours, mut theirs, mut longest) = (Vec::new(), Vec::new(), Duration::ZERO);
    let mut has_fzf = true;
    for _ in 0..ROUNDS {
        tokens::press(&mut state, &Action::DeleteAll);
        for (at, c) in TYPED.char_indices() {
            let (whole, slice) = keystroke(&mut state, c);
            ours.push(whole);
            longest = longest.max(slice);
            let query = TYPED.get(..=at).unwrap_or_default();
            match fzf(query, &names)? {
                Some(took) => theirs.push(took),
                None => has_fzf = false,
            }
        }
    }
    anyhow::ensure!(!state.table.rows().is_empty(), "the filter found nothing");
    let ours = median(ours);
    let name = "filter keystroke, 100,000 tokens / fzf --filter";
    let compared = if has_fzf {
        Row::times(name, (ours, median(theirs)), 1.0)
    } else {
        Row::skipped(name, &format!("{}; fzf not found", shown(ours)))
    };
    Ok(vec![compared, Row::told("longest time the filter blocks input", shown(longest))])
}

/// How long the whole pass takes, and its longest slice: the time a key may have to wait.
fn keystroke(state: &mut State, c: char) -> (Duration, Duration) {
    let begin = clock::monotonic();
    drop(update::on_action(state, &Action::Insert(c)));
    let mut longest = begin.elapsed();
    while state.table.is_scanning() {
        let slice = clock::monotonic();
        update::advance(state);
        longest = longest.max(slice.elapsed());
    }
    (begin.elapsed(), longest)
}

fn names(state: &State) -> anyhow::Result<NamedTempFile> {
    let mut file = NamedTempFile::new()?;
    let names: Vec<_> = state.inventory.pats().iter().map(|pat| pat.name.raw()).collect();
    file.write_all(names.join("\n").as_bytes())?;
    file.flush()?;
    Ok(file)
}

/// How long fzf takes, with its start and reading; `None` where it is not installed.
fn fzf(query: &str, names: &NamedTempFile) -> anyhow::Result<Option<Duration>> {
    let begin = clock::monotonic();
    let status = Command::new("fzf")
        .args(["--filter", query])
        .env_remove("FZF_DEFAULT_OPTS")
        .stdin(File::open(names.path())?)
        .stdout(Stdio::null())
        .status();
    match status {
        Ok(status) => {
            anyhow::ensure!(status.success(), "fzf found nothing for {query}");
            Ok(Some(begin.elapsed()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).context("cannot run fzf"),
    }
}
