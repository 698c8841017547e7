//! The command that serves a stand-in for the service.

use std::path::PathBuf;

use chrono::TimeDelta;
use clap::Args;

use crate::{config::value, pat::Organization};

/// `azpat emulator`
#[derive(Args, Clone, Debug)]
pub struct Emulator {
    /// Port on 127.0.0.1; 0 takes a free one
    #[arg(long, default_value_t = 0)]
    pub port: u16,
    /// Organizations and how many tokens each has; without it the example data
    #[arg(long = "organizations", value_name = "NAME:COUNT,…")]
    #[arg(value_delimiter = ',', value_parser = filled)]
    pub filled: Vec<Filled>,
    /// The same seed makes the same tokens
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// How long every answer is held back
    #[arg(long, value_name = "SPAN", default_value = "0ms", value_parser = value::span)]
    pub latency: TimeDelta,
    /// Keep the tokens in FILE, across restarts
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Sign people in without asking them
    #[arg(long)]
    pub auto_accept: bool,
}

/// An emulated organization with its number of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    pub organization: Organization,
    pub tokens: usize,
}

fn filled(text: &str) -> Result<Filled, String> {
    let (name, count) = text.split_once(':').unwrap_or((text, "40"));
    let organization = name.parse().map_err(|error| format!("{error}"))?;
    let tokens = count.parse().ok().filter(|count| *count <= 100_000);
    let tokens = tokens.ok_or("the count must be a number up to 100000, as in contoso:250")?;
    Ok(Filled { organization, tokens })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emulated_organizations_have_a_count() {
        let count = |text| filled(text).map(|filled| filled.tokens);
        assert_eq!(count("contoso:250"), Ok(250));
        assert_eq!(count("contoso"), Ok(40));
        for wrong in ["contoso:", "contoso:-1", "con toso:3", "contoso:9999999", ":3"] {
            assert!(count(wrong).is_err(), "{wrong}");
        }
    }
}
