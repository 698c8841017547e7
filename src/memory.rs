//! Keeps what this process has in memory to itself: no core dumps, and no other process of the
//! same user that looks in. Whoever is root, or was there before, sees it all the same.

use crate::failure::Failure;

/// Closes the memory to others. The first thing that a process does, before there is any secret.
#[cfg(unix)]
pub fn close() -> Result<(), Failure> {
    use rustix::process::{Resource, Rlimit, setrlimit};

    let none = Rlimit { current: Some(0), maximum: Some(0) };
    setrlimit(Resource::Core, none).map_err(cannot)?;
    // The limit does not hold where the system hands core dumps to a program, and this also closes
    // `/proc/PID` and keeps debuggers out.
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(cannot)?;
    Ok(())
}

#[cfg(unix)]
fn cannot(error: rustix::io::Errno) -> Failure {
    use crate::failure::FailureKind;

    Failure::new(FailureKind::Service, "close the memory to other processes", error.to_string())
}

/// On Windows others of the same user can look in.
#[cfg(not(unix))]
pub fn close() -> Result<(), Failure> {
    Ok(())
}
