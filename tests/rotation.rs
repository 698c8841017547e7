//! Creations and rotations against faults, crashes and signals: no access is lost, and no token
//! lives that nobody knows of. The truth is the emulator's ledger.

#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::indexing_slicing, reason = "a panic is how a test fails")]
#![expect(clippy::panic, reason = "a panic is how a test fails")]

#[path = "rotation/bulk.rs"]
mod bulk;
#[cfg(target_os = "linux")]
#[path = "rotation/crashes.rs"]
mod crashes;
#[cfg(target_os = "linux")]
#[path = "rotation/creating.rs"]
mod creating;
#[path = "rotation/faults.rs"]
mod faults;
#[path = "rotation/places.rs"]
mod places;
#[path = "rotation/rig.rs"]
mod rig;
#[cfg(unix)]
#[path = "rotation/signals.rs"]
mod signals;
