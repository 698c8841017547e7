//! Rotating a token, and going on with what was begun.

use chrono::TimeDelta;
use clap::Args;

use super::{SecretFormat, TableOrJson, Until, until};
use crate::{config::value, journal::ItemId};

/// `azpat rotate`
#[derive(Args, Clone, Debug)]
pub struct Rotate {
    /// The token: its id, or its name if no other usable token has it
    pub id: String,
    /// How long the new token lives: 1d to 365d. Without --for and --to: as long as the old one
    #[arg(long = "for", value_name = "SPAN", value_parser = value::extend_by, conflicts_with = "to")]
    pub lifetime: Option<TimeDelta>,
    /// When the new token ends: a day such as 2027-01-31 (until it is over, local time) or a time
    /// such as 2027-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub to: Option<Until>,
    /// Deliver the secret to this place instead of standard output, such as npmrc, git or a name of
    /// `sinks` in the configuration, and try it there; may be given several times
    #[arg(long = "sink", value_name = "SINK")]
    pub sinks: Vec<String>,
    /// In which form the secret is written to standard output: with --sink only if this is given,
    /// else as `token`
    #[arg(long, value_enum)]
    pub format: Option<SecretFormat>,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat resume`
#[derive(Args, Clone, Debug)]
pub struct Resume {
    /// How what was begun is written
    #[arg(long, value_enum, default_value_t)]
    pub format: TableOrJson,
    /// The new token works in its place: revoke the old one
    #[arg(long, value_name = "ITEM")]
    pub finish: Vec<ItemId>,
    /// Revoke the new token; the old one stays
    #[arg(long, value_name = "ITEM")]
    pub roll_back: Vec<ItemId>,
    /// Leave everything as it is, and do not mention it again
    #[arg(long, value_name = "ITEM")]
    pub leave: Vec<ItemId>,
}
