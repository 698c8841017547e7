//! Delivering a secret to several places: what would be done, before; what was done, after.

use std::fmt::Write as _;

use super::{clipboard::Clipboard, output};
use crate::{
    config::SinkKind,
    failure::Failure,
    secret::PatSecret,
    sink::{Delivery, Shown, Sink},
};

/// What would be done in each place. The first that cannot be used is the failure.
pub(super) fn plans<'a>(
    sinks: impl IntoIterator<Item = &'a Sink>,
    delivery: &Delivery,
    clipboard: Option<&Clipboard>,
) -> Result<Vec<Shown>, Failure> {
    let plan = |sink: &Sink| match clipboard.filter(|_| sink.kind() == SinkKind::Clipboard) {
        Some(clipboard) => clipboard.plan(),
        None => sink.plan(delivery).map(|plan| plan.shown()),
    };
    sinks.into_iter().map(plan).collect()
}

/// The plans for people, a place after the other; `***` for every secret.
pub(super) fn shown(plans: &[Shown]) -> String {
    let mut text = String::new();
    for Shown { target, difference, notes } in plans {
        // Writing to a String cannot fail.
        writeln!(text, "{target}").ok();
        for (sign, line) in difference {
            writeln!(text, "  {sign} {line}").ok();
        }
        for note in notes {
            writeln!(text, "  note: {note}").ok();
        }
    }
    text
}

/// Delivers to one place, and says how it went.
pub(super) async fn deliver(
    sink: &Sink,
    delivery: &Delivery,
    secret: &PatSecret,
    clipboard: Option<&Clipboard>,
) -> Result<(), Failure> {
    if let Some(clipboard) = clipboard.filter(|_| sink.kind() == SinkKind::Clipboard) {
        let target = clipboard.put(secret).await?;
        output::message(format!("the secret went to {target}"));
        return Ok(());
    }
    let delivered = sink.deliver(delivery, secret).await?;
    output::message(format!("the secret went to {}", delivered.target));
    delivered.notes.iter().for_each(output::message);
    Ok(())
}
