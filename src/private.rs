//! Files and folders that only the user may read, and locks between processes. Nothing here is
//! ever wider than 0600 or 0700, not even for an instant, and what others could have planted is
//! refused with the cure. On Windows the user's profile protects them.

mod document;
mod lines;
mod lock;
mod replace;
#[cfg(test)]
pub(crate) mod spoiled;
mod trust;

use std::{
    fs::{self, DirBuilder, File, OpenOptions},
    io::{self, ErrorKind, Read as _, Write as _},
    panic,
    path::{Path, PathBuf},
};

use tokio::task::JoinError;

pub(crate) use self::replace::{create, put, sweep};
pub use self::{document::Document, lines::Lines, lock::Lock};
use crate::{
    failure::{Failure, FailureKind},
    text::visible,
};

/// Does what waits for the disk where it holds no other task up. Dropped, it still goes on to its
/// end.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    match tokio::task::spawn_blocking(work).await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => panic::resume_unwind(panic),
        Err(Err(_)) => Err(Failure::new(FailureKind::Cancelled, "use the disk", "azpat is ending")),
    }
}

/// Makes the folder, and those above it that are missing, unless it is there and can be trusted.
pub fn folder(path: &Path) -> Result<(), Failure> {
    let cannot = |why: String| cannot("use the folder", path, why);
    if !path.is_absolute() {
        return Err(cannot("it must be a whole path, from the root".to_owned()));
    }
    let there = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            builder().create(path).and_then(|()| fs::symlink_metadata(path))
        }
        there => there,
    };
    let there = there.map_err(|error| cannot(error.to_string()))?;
    let above = || path.parent().map_or(Ok(()), trust::above);
    let trusted = trust::folder(path, &there).and_then(|()| above());
    trusted.map_err(|distrust| distrust.failure("use the folder", path))
}

/// Whether files can be made in the folder.
pub fn is_writable(folder: &Path) -> bool {
    tempfile::tempfile_in(folder).is_ok()
}

/// What the file holds; `None` if it is not there. More than `limit` bytes are refused.
pub fn read(path: &Path, limit: u64) -> Result<Option<Vec<u8>>, Failure> {
    let Some(file) = open(path, OpenOptions::new().read(true), "read")? else { return Ok(None) };
    let mut bytes = Vec::new();
    let read = file.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|error| cannot("read", path, error.to_string()))?;
    if bytes.len() as u64 > limit {
        let why = format!("it is larger than {limit} bytes");
        return Err(cannot("read", path, why).hint("move it away"));
    }
    Ok(Some(bytes))
}

/// Puts these bytes into the file. Whatever happens meanwhile, it holds the old bytes or the new
/// ones, and no other file keeps any of them. Writers of one file exclude each other by a [`Lock`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    check(path, "write")?;
    sweep(path);
    let written = create(path).and_then(|mut fresh| {
        replace::fill(&mut fresh, bytes)?;
        put(fresh, path)
    });
    written.map_err(|error| cannot("write", path, error.to_string()))
}

/// Makes a file that is not there yet, with these bytes. Nothing is left of it where that fails.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => {
            cannot("write", path, "it is there already".to_owned()).hint("choose another name")
        }
        ErrorKind::NotFound => cannot("write", path, "there is no such folder".to_owned()),
        _ => cannot("write", path, error.to_string()),
    })?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|error| {
        fs::remove_file(path).ok();
        cannot("write", path, error.to_string())
    })
}

/// Puts these bytes into a file that is not azpat's own, so that it is in nobody else's eyes any
/// more. Whoever calls this has looked at what is there. Safe from crashes as [`write()`] is.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    sweep(path);
    let mut fresh = create(path)?;
    replace::fill(&mut fresh, bytes)?;
    put(fresh, path)
}

/// Makes the folder, and those above it that are missing, for the user alone.
pub(crate) fn make_folder(path: &Path) -> io::Result<()> {
    builder().create(path)
}

/// Removes the file, and what a killed process left of it; absent is fine.
pub fn remove(path: &Path) -> Result<(), Failure> {
    sweep(path);
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(cannot("remove", path, error.to_string()))
        }
        _ => Ok(()),
    }
}

/// Opens what is trusted by name and again as what was opened, since the name may lead elsewhere
/// by then. `None` if it is not there.
#[cfg_attr(not(unix), expect(clippy::needless_pass_by_ref_mut, reason = "on Unix it gets a mode"))]
fn open(path: &Path, options: &mut OpenOptions, verb: &str) -> Result<Option<File>, Failure> {
    check(path, verb)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Should a pipe have taken the place since, opening it must not wait for its other end.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let file = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(cannot(verb, path, error.to_string())),
    };
    let metadata = file.metadata().map_err(|error| cannot(verb, path, error.to_string()))?;
    trust::file(path, &metadata).map_err(|distrust| distrust.failure(verb, path))?;
    Ok(Some(file))
}

/// Whether the name leads to a file to be trusted, or to nothing.
fn check(path: &Path, verb: &str) -> Result<(), Failure> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => {
            trust::file(path, &metadata).map_err(|distrust| distrust.failure(verb, path))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot(verb, path, error.to_string())),
    }
}

fn builder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

fn sync(folder: &Path) -> io::Result<()> {
    // Windows does not open folders as files; there the rename is all there is.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// `accounts.json` → `accounts.json.lock`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

fn cannot(verb: &str, path: &Path, why: impl Into<String>) -> Failure {
    Failure::new(FailureKind::Usage, format!("{verb} {}", shown(path)), why)
}

/// The path, safe for a screen.
pub(crate) fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}

#[cfg(test)]
mod tests;
