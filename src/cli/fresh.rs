//! What every command that makes a token takes: when it ends, and where its secret goes.

use chrono::TimeDelta;
use clap::{Args, ValueEnum};

use super::{Until, until};
use crate::config::value;

/// When a token ends, from now on.
#[derive(Args, Clone, Copy, Debug)]
pub struct End {
    /// How long it lives from now on: 1d to 365d
    #[arg(long = "for", value_name = "SPAN", value_parser = value::extend_by, conflicts_with = "to")]
    pub lifetime: Option<TimeDelta>,
    /// When it ends: a day such as 2027-01-31 (until it is over, local time) or a time such as
    /// 2027-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub to: Option<Until>,
}

impl End {
    /// Whether one was asked for.
    pub fn is_given(self) -> bool {
        self.lifetime.is_some() || self.to.is_some()
    }
}

/// Where the secret of a new token goes.
#[derive(Args, Clone, Debug)]
pub struct Places {
    /// Deliver the secret to this place instead of standard output, such as npmrc, git, clipboard or
    /// a name of `sinks` in the configuration; may be given several times
    #[arg(long = "sink", value_name = "SINK")]
    pub sinks: Vec<String>,
    /// In which form the secret is written to standard output: with --sink only if this is given,
    /// else as `token`
    #[arg(long, value_enum)]
    pub format: Option<SecretFormat>,
    #[command(flatten)]
    pub clipboard: Clipboard,
}

/// Which clipboard may be used.
#[derive(Args, Clone, Copy, Debug)]
pub struct Clipboard {
    /// With --sink clipboard, where there is no desktop: let the terminal copy the secret (OSC 52)
    /// without asking
    #[arg(long)]
    pub copy_by_terminal: bool,
}

/// The form of a secret on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SecretFormat {
    /// The secret alone
    #[default]
    Token,
    /// For HTTP basic authentication, without a user name
    Base64,
    /// The whole header for HTTP basic authentication
    Header,
    /// The service's own field names, the secret as `token`
    Json,
    /// As the variable that the Azure DevOps extension of the Azure CLI reads
    Env,
}
