//! The ledger on disk. A save replaces the file as a whole, so that a crash leaves the old or the new one; secrets are
//! not in the ledger and so not in the file.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::ledger::Ledger;

/// The ledger in the file, or none if there is no file yet. Without its folder there never would be.
pub(super) fn load(path: &Path) -> io::Result<Option<Ledger>> {
    if !folder(path).is_dir() {
        return Err(io::Error::other("its folder does not exist"));
    }
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Writes the ledger beside the file, then puts it in its place.
pub(super) fn save(path: &Path, ledger: &Ledger) -> io::Result<()> {
    let folder = folder(path);
    // A crash can leave it behind, so its name tells where it belongs.
    let name = path.file_name().unwrap_or_default();
    let mut fresh = tempfile::Builder::new().prefix(name).suffix(".new").tempfile_in(folder)?;
    let mut writer = BufWriter::new(&mut fresh);
    serde_json::to_writer_pretty(&mut writer, ledger)?;
    writer.flush()?;
    drop(writer);
    fresh.as_file().sync_all()?;
    fresh.persist(path).map_err(|error| error.error)?;
    // Windows does not open folders as files; there the rename is all there is.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."))
}
