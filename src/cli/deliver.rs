//! The commands that take secrets to their places.

use clap::Args;

use super::Clipboard;

/// `azpat deliver`
#[derive(Args, Clone, Debug)]
pub struct Deliver {
    /// Whose secret it is: the token's id, or its name if no other usable token has it. Without it
    /// only the organization counts
    pub id: Option<String>,
    /// Where to, such as npmrc, git, clipboard or a name of `sinks` in the configuration; may be
    /// given several times
    #[arg(long = "sink", required = true, value_name = "SINK")]
    pub sinks: Vec<String>,
    #[command(flatten)]
    pub clipboard: Clipboard,
    /// Try afterwards whether it works, with a real call
    #[arg(long)]
    pub test: bool,
    /// Do not ask. Needed when standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Show what would change, and read no secret
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat git-credential`
#[derive(Args, Clone, Debug)]
pub struct GitCredential {
    /// What git wants: get, store or erase; anything else is ignored
    #[arg(value_name = "ACTION")]
    pub action: String,
    /// Say what would be kept or forgotten, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}
