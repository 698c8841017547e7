//! The lines of the journal.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Ending, Intent, Item, ItemId, Stage};
use crate::pat::AuthorizationId;

/// One line: which item, and what became of it.
#[derive(Serialize, Deserialize)]
struct Line {
    item: String,
    #[serde(flatten)]
    step: Step,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
enum Step {
    Intended {
        since: DateTime<Utc>,
        organization: String,
        name: String,
        scope: String,
        valid_to: DateTime<Utc>,
        old: Option<Uuid>,
        sinks: Vec<String>,
    },
    Asked {
        at: DateTime<Utc>,
        before: Vec<Uuid>,
    },
    Created {
        new: Uuid,
    },
    Delivering {
        new: Uuid,
        sinks: Vec<String>,
    },
    Delivered {
        new: Uuid,
    },
    Done,
    NotCreated,
    RolledBack,
    Left,
}

pub(super) fn begun(item: &Item) -> Vec<u8> {
    let Intent { organization, name, scope, valid_to, old, sinks } = &item.intent;
    let step = Step::Intended {
        since: item.since,
        organization: organization.to_string(),
        name: name.clone(),
        scope: scope.clone(),
        valid_to: *valid_to,
        old: old.map(|id| id.0),
        sinks: sinks.clone(),
    };
    line(item.id, step)
}

pub(super) fn reached(id: ItemId, stage: &Stage) -> Vec<u8> {
    let step = match stage {
        Stage::Intended => return Vec::new(),
        Stage::Asked { at, before } => {
            Step::Asked { at: *at, before: before.iter().map(|id| id.0).collect() }
        }
        Stage::Created { new } => Step::Created { new: new.0 },
        Stage::Delivering { new, sinks } => Step::Delivering { new: new.0, sinks: sinks.clone() },
        Stage::Delivered { new } => Step::Delivered { new: new.0 },
    };
    line(id, step)
}

pub(super) fn closed(id: ItemId, ending: Ending) -> Vec<u8> {
    line(
        id,
        match ending {
            Ending::Done => Step::Done,
            Ending::NotCreated => Step::NotCreated,
            Ending::RolledBack => Step::RolledBack,
            Ending::Left => Step::Left,
        },
    )
}

fn line(id: ItemId, step: Step) -> Vec<u8> {
    // Strings, dates and ids in a struct always have a JSON form.
    serde_json::to_vec(&Line { item: id.to_string(), step }).unwrap_or_default()
}

/// The items that have not ended, or the number of the first line that makes no sense.
pub(super) fn items(bytes: &[u8]) -> Result<Vec<Item>, usize> {
    let mut items = Vec::new();
    for (at, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
        follow(&mut items, line).ok_or(at + 1)?;
    }
    Ok(items)
}

fn follow(items: &mut Vec<Item>, line: &[u8]) -> Option<()> {
    let line: Line = serde_json::from_slice(line).ok()?;
    let id: ItemId = line.item.parse().ok()?;
    let at = items.iter().position(|item| item.id == id);
    let stage = match line.step {
        Step::Intended { since, organization, name, scope, valid_to, old, sinks } => {
            let organization = organization.parse().ok()?;
            let old = old.map(AuthorizationId);
            let intent = Intent { organization, name, scope, valid_to, old, sinks };
            items.push(Item { id, since, intent, stage: Stage::Intended });
            return at.is_none().then_some(());
        }
        Step::Asked { at, before } => {
            let before: BTreeSet<_> = before.into_iter().map(AuthorizationId).collect();
            Stage::Asked { at, before }
        }
        Step::Created { new } => Stage::Created { new: AuthorizationId(new) },
        Step::Delivering { new, sinks } => Stage::Delivering { new: AuthorizationId(new), sinks },
        Step::Delivered { new } => Stage::Delivered { new: AuthorizationId(new) },
        Step::Done | Step::NotCreated | Step::RolledBack | Step::Left => {
            items.remove(at?);
            return Some(());
        }
    };
    items.get_mut(at?)?.stage = stage;
    Some(())
}
