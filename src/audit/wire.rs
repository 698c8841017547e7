//! The lines of the log: JSON that ends with its own hash and names that of the line before.

use chrono::{DateTime, Timelike as _, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Action, Entry, Log, Outcome};
use crate::{
    pat::{AuthorizationId, date},
    text::Untrusted,
};

/// More of a sentence is not needed to understand it.
const LONGEST_DETAIL: usize = 500;

/// Stands between what a line says and its hash, and again at its end.
const SEAM: &str = ",\"hash\":\"";
const END: &str = "\"}";

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    at: String,
    action: Action,
    authorization_id: Option<uuid::Uuid>,
    name: String,
    organization: String,
    outcome: Outcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    previous: String,
}

/// An entry as a line, without its end.
pub(super) fn line(entry: &Entry, previous: &str) -> String {
    let line = Line {
        at: written(entry.at),
        action: entry.action,
        authorization_id: entry.id.map(|id| id.0),
        name: entry.name.raw().to_owned(),
        organization: entry.organization.to_string(),
        outcome: entry.outcome,
        detail: entry.detail.as_ref().map(|it| it.chars().take(LONGEST_DETAIL).collect()),
        previous: previous.to_owned(),
    };
    // Strings in a struct always have a JSON form.
    let said = serde_json::to_string(&line).unwrap_or_default();
    let said = said.strip_suffix('}').unwrap_or_default();
    let hash = hash(said.as_bytes());
    format!("{said}{SEAM}{hash}{END}")
}

/// What the line after this one names: the hash that it ends with, or that of all there is of it.
pub(super) fn hash_of(line: &[u8]) -> String {
    match line {
        [] => hash(b""),
        line => sealed(line).map_or_else(|| hash(line), |(_, hash)| hash.to_owned()),
    }
}

/// Reads all lines. Each must be whole, say what its hash says, and name the one before.
pub(super) fn log(bytes: &[u8]) -> Log {
    let mut log =
        Log { entries: Vec::new(), lines: 0, torn: Vec::new(), misfit: None, hash: hash_of(&[]) };
    let ended = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let is_whole = ended.len() < bytes.len();
    if ended.is_empty() && !is_whole {
        return log;
    }
    let mut unread = None;
    for line in ended.split(|byte| *byte == b'\n') {
        log.lines += 1;
        let number = log.lines;
        let entry = entry(line);
        let fits = entry.as_ref().is_ok_and(|(_, previous)| *previous == log.hash);
        if let Some(number) = unread.take() {
            // Only who found it torn could know its hash.
            if fits {
                log.torn.push(number);
            } else {
                log.misfit.get_or_insert((number, "it cannot be read"));
            }
        }
        match entry {
            Ok((entry, _)) => {
                log.entries.push(entry);
                if !fits {
                    log.misfit.get_or_insert((number, "it does not follow the line before it"));
                }
            }
            Err(Unread::Altered) => {
                log.misfit.get_or_insert((number, "it is not as it was written"));
            }
            Err(Unread::NoLine) => unread = Some(number),
        }
        log.hash = hash_of(line);
    }
    match unread {
        Some(number) if !is_whole => log.torn.push(number),
        Some(number) => {
            log.misfit.get_or_insert((number, "it cannot be read"));
        }
        None => {}
    }
    log
}

enum Unread {
    /// It says something else than its hash.
    Altered,
    /// It is no line of the log.
    NoLine,
}

/// The entry of a line, and what it says of the line before.
fn entry(line: &[u8]) -> Result<(Entry, String), Unread> {
    let (said, sealed) = sealed(line).ok_or(Unread::NoLine)?;
    if hash(said.as_bytes()) != sealed {
        return Err(Unread::Altered);
    }
    let line: Line = serde_json::from_str(&format!("{said}}}")).ok().ok_or(Unread::NoLine)?;
    let entry = Entry {
        at: date::parse(&line.at).ok().ok_or(Unread::NoLine)?,
        action: line.action,
        id: line.authorization_id.map(AuthorizationId),
        name: Untrusted::new(line.name),
        organization: line.organization.parse().ok().ok_or(Unread::NoLine)?,
        outcome: line.outcome,
        detail: line.detail,
    };
    Ok((entry, line.previous))
}

/// What a line says, and the hash at its end.
fn sealed(line: &[u8]) -> Option<(&str, &str)> {
    let line = std::str::from_utf8(line).ok()?;
    let (said, hash) = line.strip_suffix(END)?.rsplit_once(SEAM)?;
    (hash.len() == 64).then_some((said, hash))
}

fn hash(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// As the service writes times: UTC with seven digits.
fn written(at: DateTime<Utc>) -> String {
    let hundreds = at.nanosecond().min(999_999_999) / 100;
    format!("{}.{hundreds:07}Z", at.format("%Y-%m-%dT%H:%M:%S"))
}
