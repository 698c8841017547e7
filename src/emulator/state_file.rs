//! The ledger on disk. A save replaces the file as a whole, so that a crash leaves the old or the new one; secrets are
//! not in the ledger and so not in the file.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::ledger::Ledger;
use crate::private;

/// The ledger in the file, or none if there is no file yet. Without its folder there never would be.
pub(super) fn load(path: &Path) -> io::Result<Option<Ledger>> {
    if !folder(path).is_dir() {
        return Err(io::Error::other("its folder does not exist"));
    }
    // What a crash left while it was written.
    private::sweep(path);
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Writes the ledger beside the file, then puts it in its place.
pub(super) fn save(path: &Path, ledger: &Ledger) -> io::Result<()> {
    let mut fresh = private::create(path)?;
    let mut writer = BufWriter::new(&mut fresh);
    serde_json::to_writer_pretty(&mut writer, ledger)?;
    writer.flush()?;
    drop(writer);
    fresh.as_file().sync_all()?;
    private::put(fresh, path)
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}
