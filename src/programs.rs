//! Finding other programs.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
};

/// Looks in these folders (`PATH`), the whole ones only: whoever controls the current folder must
/// not be run.
pub(crate) fn find(name: &str, path: &OsStr) -> Option<PathBuf> {
    let names: &[String] = if cfg!(windows) {
        &[format!("{name}.exe"), format!("{name}.cmd"), name.to_owned()]
    } else {
        &[name.to_owned()]
    };
    env::split_paths(path)
        .filter(|folder| folder.is_absolute())
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|program| is_program(program))
}

/// Whether it is a file that can be run.
#[cfg(unix)]
pub(crate) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

/// Whether it is a file; here its name says whether it can be run.
#[cfg(not(unix))]
pub(crate) fn is_program(path: &Path) -> bool {
    path.is_file()
}
