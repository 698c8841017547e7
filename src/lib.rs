//! azpat: every Azure DevOps personal access token (PAT) you own, from the keyboard.

pub mod clock;
