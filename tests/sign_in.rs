//! Sign-in end to end: the client of Entra ID against the emulated one, with a browser that follows
//! where it is sent.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a panic is how a test fails")]

mod sign_in {
    mod browser;
    mod device;
    mod home;
    mod members;
    mod network;
    mod refresh;
    mod refusals;
    mod rig;
    mod session;
}
