//! The embedded service keeps to the published interface, and its faults do what they say.
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a panic is how a test fails")]

#[path = "emulator/client.rs"]
mod client;
#[path = "emulator/control.rs"]
mod control;
#[path = "emulator/entra.rs"]
mod entra;
#[path = "emulator/faults.rs"]
mod faults;
#[path = "emulator/gate.rs"]
mod gate;
#[path = "emulator/lifecycle.rs"]
mod lifecycle;
#[path = "emulator/lists.rs"]
mod lists;
