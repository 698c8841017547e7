//! Finding the configuration file and reading it, if it can be trusted. Never looks in the
//! current folder; expands neither `~` nor `$`.

use std::{
    fs::{File, Metadata},
    io::{ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use super::{Environment, problem::Problem};

/// Far more than any configuration needs.
const LIMIT: u64 = 1024 * 1024;

/// Where the file should be.
#[derive(Debug)]
pub(super) enum Place {
    /// The user said where, so it must be there.
    Said(PathBuf),
    /// The platform's folder, where it may be missing.
    Usual(PathBuf),
}

/// `--config`, else `AZPAT_CONFIG`, else the platform's folder for configuration.
pub(super) fn place(flag: Option<&Path>, environment: &Environment) -> Option<Place> {
    let said = flag.map(Path::to_owned);
    said.or_else(|| environment.get("AZPAT_CONFIG").map(PathBuf::from)).map(Place::Said).or_else(
        || {
            let folders = directories::ProjectDirs::from("", "", "azpat")?;
            Some(Place::Usual(folders.config_dir().join("config.json")))
        },
    )
}

/// The text of the file; `None` if it is not there.
pub(super) fn read(path: &Path) -> Result<Option<String>, Problem> {
    let cannot = |error: std::io::Error| Problem::with_file(path, error.to_string());
    // Asked before opening, since opening a pipe would wait for its other end.
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(error)),
    };
    trust(path, &metadata)?;
    let file = File::open(path).map_err(cannot)?;
    // Asked again of what was opened, since the name may lead elsewhere by now.
    trust(path, &file.metadata().map_err(cannot)?)?;
    let mut bytes = Vec::new();
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LIMIT {
        return Err(too_large(path));
    }
    text(path, bytes).map(Some)
}

fn text(path: &Path, bytes: Vec<u8>) -> Result<String, Problem> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        let what = "starts with a byte order mark; save it as UTF-8 without one";
        return Err(Problem::at_line(path, 1, what));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.as_bytes().iter().take(error.utf8_error().valid_up_to());
        let line = 1 + valid.filter(|byte| **byte == b'\n').count();
        Problem::at_line(path, line, "is not UTF-8; save it as UTF-8")
    })
}

fn too_large(path: &Path) -> Problem {
    Problem::with_file(path, "is larger than 1 MiB, so it is no configuration")
}

fn trust(path: &Path, metadata: &Metadata) -> Result<(), Problem> {
    if metadata.is_dir() {
        return Err(Problem::with_file(path, "is a folder; name the file in it"));
    }
    if !metadata.is_file() {
        return Err(Problem::with_file(path, "is no ordinary file"));
    }
    if metadata.len() > LIMIT {
        return Err(too_large(path));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let us = rustix::process::geteuid().as_raw();
        if let Some(why) = distrust(metadata.mode(), metadata.uid(), us) {
            return Err(Problem::with_file(path, why));
        }
    }
    Ok(())
}

/// Why a file that says where tokens go is not to be trusted.
#[cfg(unix)]
fn distrust(mode: u32, owner: u32, us: u32) -> Option<&'static str> {
    if owner != us && owner != 0 {
        Some("belongs to another user, so it is not trusted; make a copy of your own")
    } else if mode & 0o002 != 0 {
        Some("can be changed by every user, so it is not trusted; run `chmod o-w` on it")
    } else {
        None
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_and_the_administrators_files_are_trusted() {
        assert_eq!(distrust(0o600, 1000, 1000), None);
        assert_eq!(distrust(0o664, 1000, 1000), None);
        assert_eq!(distrust(0o644, 0, 1000), None);
        assert!(distrust(0o600, 1001, 1000).unwrap().contains("another user"));
        assert!(distrust(0o600, 1000, 0).unwrap().contains("another user"));
        assert!(distrust(0o646, 1000, 1000).unwrap().contains("chmod o-w"));
        assert!(distrust(0o666, 0, 1000).unwrap().contains("chmod o-w"));
    }
}
