//! The command line of setting up, signing in and out.

use clap::Args;
use uuid::Uuid;

use super::TableOrJson;
use crate::{config::value, identity::Tenant};

/// `azpat init`
#[derive(Args, Clone, Debug)]
pub struct Init {
    #[arg(long, value_name = "ID", value_parser = value::client_id)]
    #[arg(help = "The Application (client) ID of your own app, for browser and device_code")]
    pub client_id: Option<Uuid>,
    /// Sign in to this tenant first: its id or its domain
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<Tenant>,
    /// Do not ask at the end, if there is no file yet. Needed, like --sign-in, when standard
    /// input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Do not ask at the end, also if there is a file; its other settings are kept
    #[arg(long)]
    pub force: bool,
    /// Show what would be written, but write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat login`
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub struct Login {
    /// With the browser of this computer (usual, where `client_id` is configured)
    #[arg(long, group = "way")]
    pub browser: bool,
    /// With a code that is typed on any device, for computers without a browser
    #[arg(long, group = "way")]
    pub device_code: bool,
    /// With the Azure CLI: only looks whether it is signed in, and says what to do if not
    #[arg(long, group = "way")]
    pub azure_cli: bool,
    /// Sign in to this tenant: its id or its domain; needed as a guest
    #[arg(long, value_name = "TENANT")]
    pub tenant: Option<Tenant>,
    /// Sign in as this account, such as grace@contoso.com
    #[arg(long, value_name = "NAME")]
    pub account: Option<String>,
    /// Say what would be done, but ask nobody and keep nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat logout`
#[derive(Args, Clone, Debug)]
pub struct Logout {
    /// The account's name or id; may be left out where only one is signed in
    #[arg(value_name = "ACCOUNT", conflicts_with = "all")]
    pub account: Option<String>,
    /// All accounts
    #[arg(long)]
    pub all: bool,
    /// Say who would be signed out, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat accounts`
#[derive(Args, Clone, Debug)]
pub struct Accounts {
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: TableOrJson,
}

/// `azpat doctor`
#[derive(Args, Clone, Debug)]
pub struct Doctor {
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: TableOrJson,
}
