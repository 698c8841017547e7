//! The command line of what changes tokens or takes them as a model.

use chrono::TimeDelta;
use clap::{
    ArgGroup, Args,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::{Format, SecretFormat, TableOrJson, Until, until};
use crate::{
    config::value,
    pat::{Organization, preset},
};

/// `azpat edit`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("change").required(true).multiple(true))]
pub struct Edit {
    /// The token: its id, or its name if no other usable token has it
    pub id: String,
    /// A new name
    #[arg(long, value_name = "NAME", group = "change")]
    pub name: Option<String>,
    /// All that the token may do from then on; several with blanks or commas between them, or given
    /// several times
    #[arg(long = "scope", value_name = "SCOPE", group = "change")]
    pub scopes: Vec<String>,
    /// What the token is for from then on; may be given several times, and with --scope
    #[arg(long = "preset", value_name = "TASK", value_parser = presets(), group = "change")]
    pub presets: Vec<String>,
    /// How long it lives from now on: 1d to 365d
    #[arg(long = "for", value_name = "SPAN", value_parser = value::extend_by, conflicts_with = "to")]
    #[arg(group = "change")]
    pub lifetime: Option<TimeDelta>,
    /// When it ends: a day such as 2027-01-31 (until it is over, local time) or a time such as
    /// 2027-01-31T12:00:00Z. May be earlier than it is
    #[arg(long, value_name = "DATE", value_parser = until, group = "change")]
    pub to: Option<Until>,
    #[arg(long, help = "Give it full access without asking")]
    pub allow_full_access: bool,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `azpat clone`
#[derive(Args, Clone, Debug)]
pub struct Model {
    /// The token to take as a model: its id, or its name if no other usable token has it
    pub id: String,
    /// The new token's name; without it that of the model
    pub name: Option<String>,
    /// The organization of the new token; without it that of the model. A global token has none,
    /// so one is needed there, unless you have only one
    #[arg(long, value_name = "NAME", value_parser = value::organization)]
    pub into: Option<Organization>,
    /// How long it lives: 1d to 365d. Without --for and --to: `extend_by` of the configuration
    #[arg(long = "for", value_name = "SPAN", value_parser = value::extend_by, conflicts_with = "to")]
    pub lifetime: Option<TimeDelta>,
    /// When it ends: a day such as 2027-01-31 (until it is over, local time) or a time such as
    /// 2027-01-31T12:00:00Z
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub to: Option<Until>,
    #[arg(long, help = "Make a token with full access without asking")]
    pub allow_full_access: bool,
    /// Deliver the secret to this place instead of standard output, such as npmrc, git or a name of
    /// `sinks` in the configuration; may be given several times
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

/// `azpat limits`
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Forget what was seen of this organization; may be given several times
    #[arg(long, value_name = "NAME", value_parser = value::organization)]
    pub forget: Vec<Organization>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: TableOrJson,
}

/// The ids of the presets, each with its task.
pub(super) fn presets() -> PossibleValuesParser {
    let value = |preset: &'static preset::Preset| {
        PossibleValue::new(preset.id.as_str()).help(preset.title.as_str())
    };
    PossibleValuesParser::new(preset::all().iter().map(value))
}
