//! The client against the emulator, and against servers that do what the emulator does not.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod client {
    mod bulk;
    #[cfg(target_os = "linux")]
    mod connecting;
    mod creating;
    mod editing;
    mod environment;
    mod framing;
    mod listing;
    mod network;
    mod outcomes;
    mod rig;
    mod server;
    mod sign_in;
    mod tenant;
    mod throttling;
    mod trying;
    // Elsewhere the system says which authorities are trusted, and no variable.
    #[cfg(target_os = "linux")]
    mod tls;
    mod values;
}
