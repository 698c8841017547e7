//! The commands, as a shell sees them: the real binary against an emulator in this process.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[path = "commands/creating.rs"]
mod creating;
#[path = "commands/delivering.rs"]
mod delivering;
#[path = "commands/extending.rs"]
mod extending;
#[path = "commands/init.rs"]
mod init;
#[path = "commands/listing.rs"]
mod listing;
#[path = "commands/revoking.rs"]
mod revoking;
#[path = "commands/shell.rs"]
mod shell;
#[path = "commands/usage.rs"]
mod usage;
