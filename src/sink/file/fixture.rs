//! What the tests of the formats share.

use super::{Change, Entry, Wrong, change, changes};
use crate::config::sink_of;

/// The text after a delivery to this sink, with `SECRET` for the secret.
#[track_caller]
pub(crate) fn changed(sink: &str, text: &str) -> String {
    let changes = of(sink, text).unwrap();
    let shown = change::difference(text, &changes);
    assert!(!shown.is_empty());
    change::apply(text, &changes, "SECRET").to_string()
}

#[track_caller]
pub(crate) fn refused(sink: &str, text: &str) -> Wrong {
    of(sink, text).unwrap_err()
}

fn of(sink: &str, text: &str) -> Result<Vec<Change>, Wrong> {
    let sink = sink_of(sink).unwrap();
    changes(text, &Entry { sink: &sink, organization: "contoso", variable: sink.key.clone() }).0
}
