//! The `azpat` binary: reads flags and configuration, then opens the screen or runs one command.

use std::process::ExitCode;

use azpat::{
    app,
    cli::{Cli, Command},
    commands::{self, Exit, output},
    config::{self, Config, Environment},
    failure::FailureKind,
    memory, terminal,
};
use clap::Parser as _;
use zeroizing_alloc::ZeroAlloc;

/// Wipes whatever is let go: the copies of a secret that HTTP, TLS, JSON and the terminal make are
/// in places that nobody else wipes.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    if let Err(failure) = memory::close() {
        output::message(failure);
        return ExitCode::FAILURE;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return output::usage(&error).into(),
    };
    if let Some(Command::Emulator(what)) = cli.command {
        return wait(commands::emulate(&what));
    }
    if let Some(Command::Init(what)) = &cli.command {
        return wait(commands::init(what, &cli.global.flags()));
    }
    let config = config::load(&cli.global.flags(), &Environment::of_process());
    if let Some(Command::Doctor(what)) = cli.command {
        return wait(commands::examine(&what, config.as_ref()));
    }
    let config = match config {
        Ok(config) => config,
        Err(problems) => {
            output::message(problems);
            return Exit::from(FailureKind::Usage).into();
        }
    };
    match cli.command {
        Some(command) => wait(commands::run(command, &config)),
        None => screen(&config, cli.global.no_color),
    }
}

fn wait(command: impl Future<Output = Exit>) -> ExitCode {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    match runtime {
        Ok(runtime) => {
            let exit = runtime.block_on(command);
            // A browser that does not come back, or a name server that is silent, is nothing to wait
            // for.
            runtime.shutdown_background();
            exit.into()
        }
        Err(error) => {
            output::message(format!("cannot start: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Opens the screen.
fn screen(config: &Config, no_color: bool) -> ExitCode {
    if let Err(unusable) = terminal::check() {
        output::message(format!("{unusable}; azpat list and azpat --help work without one"));
        return Exit::from(FailureKind::Usage).into();
    }
    match app::run(config, terminal::look(no_color)) {
        Ok(code) => code,
        Err(error) => {
            output::message(format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
