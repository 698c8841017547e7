//! The variables of the process that azpat cares for. The access token's value is not kept.

use std::{
    collections::BTreeMap,
    ffi::{OsStr, OsString},
};

/// The variable that holds the access token when signing in by environment.
pub const ACCESS_TOKEN: &str = "AZPAT_ACCESS_TOKEN";

/// The `AZPAT_…` variables. An empty one counts as not set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// Those of this process.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// These variables alone.
    pub(super) fn only(&self, names: &[&str]) -> Self {
        names.iter().filter_map(|name| Some((name, self.get(name)?))).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        let ours = variables.into_iter().map(|(name, value)| (name.into(), value.into()));
        let ours = ours.filter(|(name, value): &(OsString, OsString)| {
            name.as_encoded_bytes().starts_with(b"AZPAT_") && !value.is_empty()
        });
        // The secret stays in the process's environment, where the sign-in reads it.
        let hidden = |(name, value)| {
            let value = if name == ACCESS_TOKEN { OsString::from("***") } else { value };
            (name, value)
        };
        Self(ours.map(hidden).collect())
    }
}
