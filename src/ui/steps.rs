//! The way of a new token into its place, step by step: what is done, what is under way, what is
//! still to come.

use super::{ink::Ink, secret::Sheet, theme::Role};
use crate::state::custody::{
    Custody, Held, Reached,
    delivering::{Place, Step, UnderWay},
};

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Done,
    UnderWay,
    ToCome,
}

impl Sign {
    pub(super) fn mark(self, ink: Ink) -> (Role, &'static str) {
        match self {
            Self::Done => (Role::Ok, ink.glyphs.done),
            Self::UnderWay => (Role::Accent, ink.spinner()),
            Self::ToCome => (Role::Dim, ink.glyphs.to_come),
        }
    }
}

/// A step and how far it is.
pub(super) type Steps = Vec<(Sign, String)>;

/// The first one that was not reached is the one that is under way.
fn sign(reached: Reached, step: Reached) -> Sign {
    match reached {
        _ if reached >= step => Sign::Done,
        Reached::Nothing if step == Reached::Noted => Sign::UnderWay,
        Reached::Noted if step == Reached::Looked => Sign::UnderWay,
        Reached::Looked if step == Reached::Created => Sign::UnderWay,
        _ => Sign::ToCome,
    }
}

/// While the token is made.
pub(super) fn making(custody: &Custody) -> Steps {
    let mut steps: Steps = [
        (Reached::Noted, "noted in the journal", "note it in the journal"),
        (Reached::Looked, "looked what there is", "look what there is"),
        (Reached::Created, "created the new token", "create the new token"),
    ]
    .into_iter()
    .map(|(step, done, to_do)| match sign(custody.reached, step) {
        Sign::Done => (Sign::Done, done.to_owned()),
        sign => (sign, to_do.to_owned()),
    })
    .collect();
    steps.push((Sign::ToCome, "deliver its secret".to_owned()));
    if custody.replaces.is_some() {
        steps.push((Sign::ToCome, "revoke the old one".to_owned()));
        steps.push((Sign::ToCome, "verify that it is gone".to_owned()));
    }
    steps
}

/// While its secret is held.
pub(super) fn held(held: &Held) -> Steps {
    let mut steps: Steps = vec![
        (Sign::Done, "noted".to_owned()),
        (Sign::Done, "looked".to_owned()),
        (Sign::Done, format!("created …{}", held.creation.pat.id.tail())),
    ];
    for place in &held.places {
        let text = match place {
            Place::File(path) => format!("saved in {}", path.display()),
            Place::Sink(target) => format!("delivered to {target}"),
        };
        steps.push((Sign::Done, text));
    }
    match &held.delivering.step {
        Step::UnderWay(UnderWay { is_there: false, target, .. }) => {
            steps.push((Sign::UnderWay, format!("delivering to {target}")));
        }
        Step::UnderWay(UnderWay { is_there: true, target, .. }) => {
            steps.push((Sign::Done, format!("delivered to {target}")));
            steps.push((Sign::UnderWay, "trying it".to_owned()));
        }
        _ if held.is_tried => steps.push((Sign::Done, "tried".to_owned())),
        _ if held.places.is_empty() && held.is_delivered() => {
            steps.push((Sign::Done, "copied".to_owned()));
        }
        _ if !held.is_delivered() => steps.push((Sign::ToCome, "deliver it".to_owned())),
        _ => {}
    }
    if held.old.is_some() {
        steps.push((Sign::ToCome, "revoke the old one".to_owned()));
        steps.push((Sign::ToCome, "verify".to_owned()));
    }
    steps
}

/// Each in a line of its own.
pub(super) fn list(sheet: &mut Sheet, steps: &Steps) {
    for (sign, text) in steps {
        let (role, glyph) = sign.mark(sheet.ink);
        sheet.marked(role, glyph, text);
    }
}
