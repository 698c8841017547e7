//! `azpat emulator`: the stand-in for the service, until it is told to stop.

use super::{Exit, output};
use crate::{
    cli,
    emulator::{Data, Emulator, Options},
    failure::{Failure, FailureKind},
};

pub(super) async fn run(what: &cli::Emulator) -> Result<Exit, Failure> {
    let generated = what.filled.iter();
    let generated: Vec<_> =
        generated.map(|filled| (filled.organization.to_string(), filled.tokens)).collect();
    let options = Options {
        port: what.port,
        data: if generated.is_empty() { Data::Demo } else { Data::Generated(generated) },
        seed: what.seed,
        latency: what.latency.to_std().unwrap_or_default(),
        state: what.state.clone(),
        auto_accept: what.auto_accept,
    };
    let emulator = match Emulator::start(options).await {
        Ok(emulator) => emulator,
        Err(error) => {
            output::message(crate::text::visible(&error.to_string()));
            return Ok(FailureKind::Usage.into());
        }
    };
    // Whoever reads that it is ready may stop it at once.
    let stop = stop_signal()?;
    output::result(&format!("{}\n", emulator.ready_line()))?;
    tokio::select! {
        () = emulator.serve() => {}
        () = stop => {}
    }
    Ok(Exit::DONE)
}

/// Resolves at Ctrl-C, and where there is SIGTERM at that too. Listens from the call on.
#[cfg(unix)]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    use tokio::signal::unix::{SignalKind, signal};

    let cannot = |error: std::io::Error| {
        Failure::new(FailureKind::Service, "listen for signals", error.to_string())
    };
    let mut interrupt = signal(SignalKind::interrupt()).map_err(cannot)?;
    let mut terminate = signal(SignalKind::terminate()).map_err(cannot)?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

#[cfg(windows)]
fn stop_signal() -> Result<impl Future<Output = ()>, Failure> {
    let mut interrupt = tokio::signal::windows::ctrl_c().map_err(|error| {
        Failure::new(FailureKind::Service, "listen for Ctrl-C", error.to_string())
    })?;
    Ok(async move {
        interrupt.recv().await;
    })
}
