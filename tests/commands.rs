//! The commands, as a shell sees them: the real binary against an emulator in this process.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[cfg(unix)]
#[path = "commands/accounts.rs"]
mod accounts;
#[cfg(unix)]
#[path = "commands/canary.rs"]
mod canary;
#[path = "commands/cloning.rs"]
mod cloning;
#[path = "commands/creating.rs"]
mod creating;
#[path = "commands/delivering.rs"]
mod delivering;
#[cfg(target_os = "linux")]
#[path = "commands/disk.rs"]
mod disk;
#[path = "commands/doctor.rs"]
mod doctor;
#[cfg(unix)]
#[path = "commands/dry_run.rs"]
mod dry_run;
#[path = "commands/editing.rs"]
mod editing;
#[path = "commands/extending.rs"]
mod extending;
#[cfg(unix)]
#[path = "commands/hostile.rs"]
mod hostile;
#[path = "commands/init.rs"]
mod init;
#[path = "commands/limits.rs"]
mod limits;
#[path = "commands/listing.rs"]
mod listing;
#[path = "commands/log.rs"]
mod log;
#[cfg(target_os = "linux")]
#[path = "commands/process.rs"]
mod process;
#[path = "commands/revoking.rs"]
mod revoking;
#[path = "commands/rotating.rs"]
mod rotating;
#[path = "commands/rotating_many.rs"]
mod rotating_many;
#[cfg(unix)]
#[path = "commands/scan.rs"]
mod scan;
#[path = "commands/shell.rs"]
mod shell;
#[path = "commands/splitting.rs"]
mod splitting;
#[path = "commands/usage.rs"]
mod usage;
