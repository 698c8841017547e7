//! What was found of an item, in words.

use super::{Finding, Verdict};
use crate::{
    journal::{Item, Stage},
    pat::Listed,
    text,
};

/// What exists, in words, with the ids.
pub fn told(finding: &Finding) -> String {
    let Finding { item, old, verdict } = finding;
    let rest = match (item.intent.old, old) {
        (None, _) => String::new(),
        (Some(id), Some(old)) if old.listed == Listed::Revoked => {
            format!("; the old token (id {id}) is revoked")
        }
        (Some(id), Some(_)) => format!("; the old token (id {id}) is as it was"),
        (Some(_), None) if item.stage == Stage::Intended => {
            "; the old token is as it was".to_owned()
        }
        (Some(id), None) => format!("; the old token (id {id}) is in none of the lists"),
    };
    let what = match verdict {
        Verdict::Nothing => "no new token exists".to_owned(),
        Verdict::NotYet => {
            "no new token exists so far, but the service may still be at it".to_owned()
        }
        Verdict::Orphan(new) => {
            format!("a new token (id {}) exists, and its secret is lost for good", new.id)
        }
        Verdict::PerhapsDelivered(new) => {
            format!("a new token (id {}) exists, and its secret may be in {}", new.id, places(item))
        }
        Verdict::OldStillLives(new) => {
            format!("the new token (id {}) is in its place, the old one not revoked yet", new.id)
        }
        Verdict::Done => "all was done".to_owned(),
        Verdict::NewIsOver => "the new token was delivered, but lives no more".to_owned(),
        Verdict::Ambiguous(several) => {
            let ids: Vec<_> = several.iter().map(|pat| pat.id.to_string()).collect();
            format!("several new tokens look like it: {}", ids.join(", "))
        }
        Verdict::Unknown(failure) => format!("what exists is not known: azpat {failure}"),
    };
    format!("{what}{rest}")
}

fn places(item: &Item) -> String {
    match &item.stage {
        Stage::Delivering { sinks, .. } if !sinks.is_empty() => {
            sinks.iter().map(|sink| text::cut(sink, 60)).collect::<Vec<_>>().join(", ")
        }
        _ => "its place".to_owned(),
    }
}
