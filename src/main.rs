//! The `azpat` binary.

fn main() {}
