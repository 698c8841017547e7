//! Replacing a file as a whole: beside it, to the disk, into its place. Each step alone, so that
//! tests can die between them.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write as _},
    path::Path,
};

use tempfile::NamedTempFile;

/// Ends the name of a file that is not in its place yet.
const SUFFIX: &str = ".new";

/// A fresh file beside it, 0600 from its first instant; removed when dropped. It is locked, which
/// tells it from what a killed process left behind.
pub(crate) fn create(path: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..16 {
        let fresh = tempfile::Builder::new()
            .prefix(&prefix(path))
            .suffix(SUFFIX)
            .tempfile_in(folder(path))?;
        // A sweep of another process may have been quicker; a disk without locks has no sweeps.
        let is_ours = !matches!(fresh.as_file().try_lock(), Err(TryLockError::WouldBlock));
        if is_ours && fresh.path().exists() {
            return Ok(fresh);
        }
    }
    Err(io::Error::other("other processes remove the new file again and again"))
}

/// The bytes, written and on the disk.
pub(super) fn fill(fresh: &mut NamedTempFile, bytes: &[u8]) -> io::Result<()> {
    fresh.write_all(bytes)?;
    fresh.as_file().sync_all()
}

/// Into its place, and the folder's new entry on the disk.
pub(crate) fn put(fresh: NamedTempFile, path: &Path) -> io::Result<()> {
    fresh.persist(path).map_err(|error| error.error)?;
    super::sync(folder(path))
}

/// Removes what killed processes left; what a living one is writing is locked. A failure here is
/// no reason not to write.
pub(crate) fn sweep(path: &Path) {
    let Ok(entries) = fs::read_dir(folder(path)) else { return };
    let prefix = prefix(path);
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_left = name.starts_with(&prefix) && name.ends_with(SUFFIX);
        if is_left && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            remove_dead(&entry.path()).ok();
        }
    }
}

fn remove_dead(path: &Path) -> io::Result<()> {
    let file = File::open(path)?;
    file.try_lock()?;
    fs::remove_file(path)
}

/// Begins the name, and says where it belongs.
fn prefix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    format!(".{}.", name.to_string_lossy())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}
