//! Whether a file or folder is the user's own and closed to others. Only asks, never repairs: a
//! repair would hide that somebody else could read it until now.

use std::{fs::Metadata, path::Path};

use super::cannot;
#[cfg(unix)]
use super::shown;
use crate::failure::Failure;

/// Why something is not trusted, and what helps.
#[derive(Debug)]
pub(super) struct Distrust {
    why: String,
    cure: String,
}

impl Distrust {
    fn new(why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { why: why.into(), cure: cure.into() }
    }

    pub(super) fn failure(self, verb: &str, path: &Path) -> Failure {
        cannot(verb, path, self.why).hint(self.cure)
    }
}

/// An ordinary file of one name, of the user, closed to everybody else.
pub(super) fn file(path: &Path, metadata: &Metadata) -> Result<(), Distrust> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        return Err(Distrust::new("it is a link, so it is not trusted", "remove the link"));
    }
    if !kind.is_file() {
        let what = if kind.is_dir() { "it is a folder" } else { "it is no ordinary file" };
        return Err(Distrust::new(what, "move it away"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        owner(metadata, "file")?;
        if metadata.nlink() > 1 {
            let why = "it has a second name elsewhere (a hard link), so it is not trusted";
            return Err(Distrust::new(why, "replace it by a copy, or remove it"));
        }
        closed(path, metadata, "600")?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// A folder of the user, closed to everybody else.
pub(super) fn folder(path: &Path, metadata: &Metadata) -> Result<(), Distrust> {
    let kind = metadata.file_type();
    if kind.is_symlink() {
        let cure = "name the folder that it leads to in `AZPAT_STATE`, or remove the link";
        return Err(Distrust::new("it is a link, so it is not trusted", cure));
    }
    if !kind.is_dir() {
        return Err(Distrust::new("it is no folder", "move it away"));
    }
    #[cfg(unix)]
    {
        owner(metadata, "folder")?;
        closed(path, metadata, "700")?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// No folder above lets others replace what is in it.
#[cfg_attr(not(unix), expect(clippy::unnecessary_wraps, reason = "on Unix this can fail"))]
pub(super) fn above(parent: &Path) -> Result<(), Distrust> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let unknown = |error: std::io::Error| Distrust::new(error.to_string(), "choose another");
        let parent = parent.canonicalize().map_err(unknown)?;
        for folder in parent.ancestors() {
            let mode = folder.metadata().map_err(unknown)?.mode();
            let (is_open, is_sticky) = (mode & 0o002 != 0, mode & 0o1000 != 0);
            if is_open && !is_sticky {
                let why = format!("every user can replace it, since {} is open", shown(folder));
                return Err(Distrust::new(why, format!("run `chmod o-w {}`", quoted(folder))));
            }
        }
    }
    #[cfg(not(unix))]
    let _ = parent;
    Ok(())
}

#[cfg(unix)]
fn owner(metadata: &Metadata, what: &str) -> Result<(), Distrust> {
    use std::os::unix::fs::MetadataExt as _;
    let (owner, us) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner == us {
        return Ok(());
    }
    let why = format!("it belongs to another user (number {owner}), so it is not trusted");
    Err(Distrust::new(why, format!("move it away, or start azpat as the user whose {what} it is")))
}

#[cfg(unix)]
fn closed(path: &Path, metadata: &Metadata, mode: &str) -> Result<(), Distrust> {
    use std::os::unix::fs::MetadataExt as _;
    let (found, others) = (metadata.mode() & 0o7777, 0o077);
    if found & others == 0 {
        return Ok(());
    }
    let why = format!("it is open to other users (mode {found:04o})");
    Err(Distrust::new(why, format!("run `chmod {mode} {}`", quoted(path))))
}

/// The path as a shell takes it.
#[cfg(unix)]
fn quoted(path: &Path) -> String {
    let shown = shown(path);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if shown.chars().all(is_plain) { shown } else { format!("'{}'", shown.replace('\'', r"'\''")) }
}
