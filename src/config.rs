//! What the user decides: files, environment and flags, checked and resolved to settings.

pub mod preferences;
