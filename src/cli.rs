//! The command line: what can be asked for, and how --help says it. Decides nothing.

mod deliver;
mod edit;
mod emulator;
mod fresh;
mod rotation;
mod sign_in;
mod split;

use std::path::PathBuf;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use clap::{Args, Parser, Subcommand, ValueEnum};

pub use self::{
    deliver::{Deliver, GitCredential},
    edit::{Edit, Limits, Model},
    emulator::{Emulator, Filled},
    fresh::{Clipboard, End, Places, SecretFormat},
    rotation::{Resume, Rotate},
    sign_in::{Accounts, Doctor, Init, Login, Logout},
    split::Split,
};
use crate::config::{Flags, value};

const AFTER_HELP: &str = "\
Exit codes: 0 done · 1 refused by the service or no connection · 2 wrong usage or configuration ·
3 not signed in · 4 no such token, or several of that name · 5 partly done

Results go to standard output, messages to standard error.";

/// Browse, extend, create, rotate and revoke Azure DevOps personal access tokens (PATs).
///
/// Without a command, azpat opens its screen.
#[derive(Clone, Debug, Parser)]
#[command(name = "azpat", version, after_help = AFTER_HELP, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of every command")]
pub struct Global {
    /// Read the configuration from FILE instead of the usual place
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Show this organization only; may be given several times
    #[arg(long = "organization", short = 'o', global = true, value_name = "NAME")]
    pub organizations: Vec<String>,
    #[arg(long, global = true, value_name = "METHOD")]
    #[arg(help = "Sign in by auto, browser, device_code, azure_cli or environment")]
    pub sign_in: Option<String>,
    /// Use a built-in service with example data; nothing leaves this computer
    #[arg(long, global = true)]
    pub demo: bool,
    /// With --demo: begin with the sign-in
    #[arg(long, global = true, requires = "demo")]
    pub signed_out: bool,
    #[arg(long, global = true, help = "Use no colours on the screen, as with NO_COLOR")]
    pub no_color: bool,
}

impl Global {
    /// The flags that decide about settings.
    pub fn flags(&self) -> Flags {
        Flags {
            config: self.config.clone(),
            organizations: self.organizations.clone(),
            sign_in: self.sign_in.clone(),
            demo: self.demo,
            signed_out: self.signed_out,
        }
    }
}

/// What to do without the screen.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Set azpat up: ask, check each answer, write the configuration
    Init(Init),
    /// List tokens, those that end soonest first
    List(List),
    /// Show everything about one token
    Show(Show),
    /// Create a token, and write its secret to standard output or to the places you name
    ///
    /// Without --for and --to it lives as long as `extend_by` of the configuration says.
    Create(Create),
    /// Create a token with the scopes of another one
    ///
    /// Without --for and --to it lives as long as `extend_by` of the configuration says.
    Clone(Model),
    /// Change the name, the scopes or the end of a token
    Edit(Edit),
    /// Take a secret from standard input to the places you name
    Deliver(Deliver),
    /// Move the end of a token
    Extend(Extend),
    /// Revoke tokens for good
    Revoke(Revoke),
    /// Put a new token into the place of an old one: create, write the secret, revoke the old one
    ///
    /// Without --for and --to the new token lives as long as the old one was meant to.
    Rotate(Rotate),
    /// Put one new token for each organization into the place of a global one
    Split(Split),
    /// Show what was begun and not ended, such as after a crash, and go on with it
    Resume(Resume),
    /// Sign in, and keep the session for the next time
    Login(Login),
    /// Forget the session of an account, everywhere it is kept
    Logout(Logout),
    /// Show the accounts that azpat signs in as
    Accounts(Accounts),
    /// Serve git as a credential helper, with the secrets of the keyring
    GitCredential(GitCredential),
    /// Check configuration, network, keyring and sign-in, and say what to do about what fails
    Doctor(Doctor),
    /// Show what azpat changed, as this computer remembers it
    Log(Log),
    /// Show what organizations were seen to refuse or to shorten
    Limits(Limits),
    /// Print every setting, its value and where it comes from
    Config,
    /// Run a stand-in for the service on this computer, for tests and demonstrations
    Emulator(Emulator),
}

/// How results are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people; cut to the width of the terminal, whole when piped
    #[default]
    Table,
    /// The service's own field names, dates in UTC
    Json,
    /// With a header line; a cell that a spreadsheet would run gets a leading '
    Csv,
}

/// Which tokens to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StatusFilter {
    /// Usable now, also those that end soon
    Active,
    /// Usable now, but ending soon (critical ones included)
    Expiring,
    /// Over; such a token cannot be extended any more
    Expired,
    /// Taken back, for good
    Revoked,
    /// Usable now, in all organizations
    Global,
    /// Those above together
    All,
}

/// `azpat list`
#[derive(Args, Clone, Debug)]
pub struct List {
    /// Which tokens; without it all that are not revoked
    #[arg(long, value_enum)]
    pub status: Option<StatusFilter>,
    /// What counts as ending soon, such as 14d, instead of the configured `warn_within`; without
    /// --status: only those that do
    #[arg(long, value_name = "SPAN", value_parser = value::within)]
    pub within: Option<TimeDelta>,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `azpat show`
#[derive(Args, Clone, Debug)]
pub struct Show {
    /// The token: its id, or its name if no other usable token has it. A name in exactly this
    /// case is preferred, and so are usable tokens to those that have ended
    pub id: String,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `azpat create`
#[derive(Args, Clone, Debug)]
pub struct Create {
    /// The token's name
    pub name: String,
    /// What the token may do, such as `vso.code` or `vso.packaging_write`; several with blanks or
    /// commas between them, or given several times. `app_token` is full access
    #[arg(long = "scope", required_unless_present = "presets", value_name = "SCOPE")]
    pub scopes: Vec<String>,
    /// What the token is for; may be given several times, and with --scope
    #[arg(long = "preset", value_name = "TASK", value_parser = edit::presets())]
    pub presets: Vec<String>,
    #[arg(long, help = "Make a token with full access without asking")]
    pub allow_full_access: bool,
    #[command(flatten)]
    pub end: End,
    #[command(flatten)]
    pub places: Places,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// `azpat extend`
#[derive(Args, Clone, Debug)]
pub struct Extend {
    /// The token: its id, or its name if no other usable token has it
    pub id: String,
    /// New end, counted from now: 1d to 365d. Without --by and --to: `extend_by` of the
    /// configuration. Never shortens a token
    #[arg(long, value_name = "SPAN", value_parser = value::extend_by, conflicts_with = "to")]
    pub by: Option<TimeDelta>,
    /// New end: a day such as 2027-01-31 (until it is over, local time) or a time such as
    /// 2027-01-31T12:00:00Z. Never shortens a token
    #[arg(long, value_name = "DATE", value_parser = until)]
    pub to: Option<Until>,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
}

/// `azpat revoke`
#[derive(Args, Clone, Debug)]
pub struct Revoke {
    /// The tokens: ids, or names that no other usable token has. All are looked up before the
    /// first is revoked
    #[arg(required = true, value_name = "ID")]
    pub ids: Vec<String>,
    /// Do not ask. Needed when standard input is no terminal
    #[arg(long)]
    pub yes: bool,
    /// Say what would be done, but change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// How accounts, limits, the log, open items and checks are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TableOrJson {
    /// For people
    #[default]
    Table,
    /// For programs
    Json,
}

/// `azpat log`
#[derive(Args, Clone, Debug)]
pub struct Log {
    /// How to write the result
    #[arg(long, value_enum, default_value_t)]
    pub format: TableOrJson,
    /// Only look whether every line is as it was written and follows the one before
    #[arg(long, conflicts_with = "format")]
    pub verify: bool,
}

/// The end that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// Until this day is over, here.
    Day(NaiveDate),
    Time(DateTime<Utc>),
}

fn until(text: &str) -> Result<Until, String> {
    if let Ok(day) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(Until::Day(day));
    }
    let time = DateTime::parse_from_rfc3339(text).map(|time| Until::Time(time.to_utc()));
    time.ok().ok_or_else(|| {
        "must be a day such as 2027-01-31 or a time such as 2027-01-31T12:00:00Z".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
        let cli = Cli::parse_from(["azpat", "emulator", "-o", "a", "--organizations", "b:1,c"]);
        assert_eq!(cli.global.organizations, ["a"]);
        let Some(Command::Emulator(what)) = cli.command else { panic!("another command") };
        assert_eq!(what.filled.len(), 2);
    }

    #[test]
    fn ends_are_days_or_times() {
        let day = NaiveDate::from_ymd_opt(2027, 1, 31).unwrap();
        assert_eq!(until("2027-01-31"), Ok(Until::Day(day)));
        let time = "2027-01-31T11:00:00Z".parse().unwrap();
        assert_eq!(until("2027-01-31T12:00:00+01:00"), Ok(Until::Time(time)));
        for wrong in ["", "tomorrow", "2027-02-30", "31.01.2027", "2027-01-31T12:00:00"] {
            assert!(until(wrong).is_err(), "{wrong}");
        }
    }
}
