//! Moves the end of a token: a change of nothing else.

use chrono::{DateTime, Utc};

use super::{Extension, edit};
use crate::{
    azure::Client,
    failure::Failure,
    pat::{
        Pat,
        change::{Change, Field},
    },
};

/// Extends a token to an end. Only the end is sent, so nothing else should change; what did is
/// told.
pub async fn extend(client: &Client, pat: &Pat, to: DateTime<Utc>) -> Result<Extension, Failure> {
    let edit = edit::edit(client, pat, &Change::end(to)).await?;
    let mut altered = edit.deviations();
    altered.retain(|field| *field != Field::End);
    Ok(Extension { pat: edit.pat, requested: to, altered, confirmation: edit.confirmation })
}
