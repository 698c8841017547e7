//! Replacing a global token.

use clap::Args;

use super::{edit::presets, fresh::End};
use crate::{config::value, pat::Organization};

/// `azpat split`
#[derive(Args, Clone, Debug)]
pub struct Split {
    /// The global token: its id, or its name if no other usable global token has it
    pub id: String,
    /// Make one for this organization; may be given several times. Without it: for all that are
    /// shown
    #[arg(long, value_name = "NAME", value_parser = value::organization)]
    pub into: Vec<Organization>,
    /// Deliver the secrets to this place and try them there, such as keyring, npmrc, maven or a
    /// name of `sinks` in the configuration; it must have a place for each organization. May be
    /// given several times
    #[arg(long = "sink", value_name = "SINK", required = true)]
    pub sinks: Vec<String>,
    /// Less than the global one may do: a scope; several with blanks or commas between them, or
    /// given several times
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// Less than the global one may do: a task; may be given several times, and with --scope
    #[arg(long = "preset", value_name = "TASK", value_parser = presets())]
    pub presets: Vec<String>,
    /// Without it they live as long as the global one
    #[command(flatten)]
    pub end: End,
    #[arg(long, help = "Make tokens with full access without asking")]
    pub allow_full_access: bool,
    /// Do not revoke the global token in the end
    #[arg(long)]
    pub keep: bool,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}
