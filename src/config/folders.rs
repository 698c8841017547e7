//! Where azpat keeps what it must remember between two starts.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use super::Environment;
use crate::failure::{Failure, FailureKind};

/// The folder for state: `AZPAT_STATE`, else the platform's. Makes nothing.
pub fn state_folder(environment: &Environment) -> Result<PathBuf, Failure> {
    // The crate ignores XDG variables that are no whole paths, as their specification asks.
    let usual = directories::ProjectDirs::from("", "", "azpat");
    let usual = usual.as_ref().map(|usual| usual.state_dir().unwrap_or(usual.data_local_dir()));
    chosen(environment.get("AZPAT_STATE"), usual)
}

fn chosen(said: Option<&OsStr>, usual: Option<&Path>) -> Result<PathBuf, Failure> {
    let cannot = |why| Failure::new(FailureKind::Usage, "find the folder for azpat's state", why);
    let cure = "set `AZPAT_STATE` to a folder, as a whole path from the root";
    match (said.map(Path::new), usual) {
        (Some(said), _) if said.is_absolute() => Ok(said.to_owned()),
        (Some(_), _) => Err(cannot("`AZPAT_STATE` is no whole path").hint(cure)),
        (None, Some(usual)) => Ok(usual.to_owned()),
        (None, None) => Err(cannot("your home folder is not known").hint(cure)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_goes_before_what_is_usual() {
        let said = std::env::temp_dir().join("state");
        let usual = Path::new("usual");
        assert_eq!(chosen(Some(said.as_os_str()), Some(usual)), Ok(said.clone()));
        assert_eq!(chosen(None, Some(usual)), Ok(usual.to_owned()));
        let environment = [("AZPAT_STATE", &said)].into_iter().collect();
        assert_eq!(state_folder(&environment), Ok(said));
    }

    #[test]
    fn without_a_place_it_says_so() {
        let failure = chosen(Some(OsStr::new("state")), Some(Path::new("usual"))).unwrap_err();
        assert!(failure.why.contains("no whole path"), "{failure}");
        let failure = chosen(None, None).unwrap_err();
        assert!(failure.why.contains("home folder"), "{failure}");
        assert!(failure.hint.unwrap().contains("AZPAT_STATE"));
    }
}
