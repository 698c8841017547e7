//! The command line of what changes tokens or takes them as a model.

use clap::{
    ArgGroup, Args,
    builder::{PossibleValue, PossibleValuesParser},
};

use super::{End, Format, Places, TableOrJson};
use crate::{
    config::value,
    pat::{Organization, preset},
};

/// What `azpat edit` can change; without one of them there is nothing to do.
const CHANGES: [&str; 5] = ["name", "scopes", "presets", "lifetime", "to"];

/// `azpat edit`
#[derive(Args, Clone, Debug)]
#[command(group = ArgGroup::new("change").args(CHANGES).required(true).multiple(true))]
pub struct Edit {
    /// The token: its id, or its name if no other usable token has it
    pub id: String,
    /// A new name
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// All that the token may do from then on; several with blanks or commas between them, or given
    /// several times
    #[arg(long = "scope", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// What the token is for from then on; may be given several times, and with --scope
    #[arg(long = "preset", value_name = "TASK", value_parser = presets())]
    pub presets: Vec<String>,
    #[command(flatten)]
    pub end: End,
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
    #[command(flatten)]
    pub end: End,
    #[arg(long, help = "Make a token with full access without asking")]
    pub allow_full_access: bool,
    #[command(flatten)]
    pub places: Places,
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
    /// Say what would be forgotten, but change nothing
    #[arg(long, requires = "forget")]
    pub dry_run: bool,
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
