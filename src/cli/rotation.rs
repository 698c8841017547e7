//! Rotating a token, and going on with what was begun.

use clap::Args;

use super::{End, Places, TableOrJson};
use crate::journal::ItemId;

/// `azpat rotate`
#[derive(Args, Clone, Debug)]
pub struct Rotate {
    /// The token: its id, or its name if no other usable token has it. Several are rotated one
    /// after the other, into a --sink that keeps their secrets apart; --format json then says what
    /// became of each
    #[arg(required = true)]
    pub ids: Vec<String>,
    #[command(flatten)]
    pub end: End,
    #[command(flatten)]
    pub places: Places,
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
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}
