//! azpat without its screen: one command, its results on standard output, an exit code. Everything
//! that goes wrong becomes a `Failure`, and one place turns that into words and a code.

mod accounts;
mod clipboard;
mod clone;
mod create;
mod deliver;
mod delivery;
mod doctor;
mod edit;
mod extend;
mod find;
mod git_credential;
mod handover;
mod hidden;
mod init;
mod limits;
mod list;
mod log;
pub mod output;
mod places;
mod record;
mod resume;
mod revoke;
mod rights;
mod rotate;
mod rotations;
mod serve;
mod session;
mod settings;
mod show;
mod split;
mod stdout;
mod stop;
mod table;
#[cfg(test)]
mod tests;
mod until;

use std::process::ExitCode;

use crate::{
    cli::{self, Command},
    config::{Config, Flags, Problems},
    failure::{Failure, FailureKind},
};

/// How a command ended, as the shell sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exit(u8);

impl Exit {
    pub const DONE: Self = Self(0);
    /// Something was found that does not work.
    pub const FAILING: Self = Self(1);
    /// Some of it was done, some was not.
    pub const PARTLY: Self = Self(5);
}

impl From<FailureKind> for Exit {
    fn from(kind: FailureKind) -> Self {
        Self(match kind {
            FailureKind::Refused
            | FailureKind::Throttled
            | FailureKind::Network
            | FailureKind::Service
            | FailureKind::Unconfirmed
            | FailureKind::Cancelled => 1,
            FailureKind::Usage => 2,
            FailureKind::SignIn => 3,
            FailureKind::NotFound => 4,
        })
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}

/// What many things together came to: all done, all failed, or a part.
fn together(done: usize, failures: &[Failure]) -> Exit {
    let signed_out = failures.iter().find(|failure| failure.kind == FailureKind::SignIn);
    match signed_out.or(failures.first()) {
        None => Exit::DONE,
        Some(failure) if done == 0 => failure.kind.into(),
        Some(_) => Exit::PARTLY,
    }
}

/// Runs one command to its end; what stopped it is said on standard error.
pub async fn run(command: Command, config: &Config) -> Exit {
    session::tell_left(&command, config).await;
    said(match command {
        // The program itself calls `init`, since a wrong configuration must not prevent it.
        Command::Init(what) => init::run(&what, &Flags::default()).await,
        Command::List(what) => list::run(&what, config).await,
        Command::Show(what) => show::run(&what, config).await,
        Command::Create(what) => create::run(&what, config).await,
        Command::Deliver(what) => deliver::run(&what, config).await,
        Command::Clone(what) => clone::run(&what, config).await,
        Command::Edit(what) => edit::run(&what, config).await,
        Command::Extend(what) => extend::run(&what, config).await,
        Command::Revoke(what) => revoke::run(&what, config).await,
        Command::Rotate(what) => rotate::run(&what, config).await,
        Command::Split(what) => split::run(&what, config).await,
        Command::Resume(what) => resume::run(&what, config).await,
        Command::Login(what) => accounts::login(&what, config).await,
        Command::Logout(what) => accounts::logout(&what, config).await,
        Command::Accounts(what) => accounts::list(&what, config).await,
        Command::GitCredential(what) => git_credential::run(&what, config).await,
        Command::Doctor(what) => doctor::run(&what, Ok(config)).await,
        Command::Log(what) => log::run(&what, config).await,
        Command::Limits(what) => limits::run(&what, config).await,
        Command::Config => settings::run(config),
        Command::Emulator(what) => serve::run(&what).await,
    })
}

/// Examines the configuration, right or wrong, and all that it leads to.
pub async fn examine(what: &cli::Doctor, config: Result<&Config, &Problems>) -> Exit {
    said(doctor::run(what, config).await)
}

/// Runs the emulator, which has no use for a configuration, right or wrong.
pub async fn emulate(what: &cli::Emulator) -> Exit {
    said(serve::run(what).await)
}

/// Writes a configuration, so it takes none: what there is may be wrong.
pub async fn init(what: &cli::Init, flags: &Flags) -> Exit {
    said(init::run(what, flags).await)
}

fn said(result: Result<Exit, Failure>) -> Exit {
    result.unwrap_or_else(|failure| {
        output::failure(&failure);
        failure.kind.into()
    })
}
