//! A lock between processes. It is the system's own, so that it ends with its holder, and its
//! file stays where it is: removing it would let two processes lock two files of one name.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, Write as _},
    path::Path,
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{aside, cannot, open};
use crate::failure::Failure;

/// Held until it is dropped. The number of its process is in its file meanwhile.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Waits for the lock at most so long.
    pub async fn acquire(path: &Path, limit: Duration) -> Result<Self, Failure> {
        let waiting = async {
            loop {
                let path = path.to_owned();
                if let Some(lock) = aside(move || Self::try_acquire(&path)).await? {
                    return Ok(lock);
                }
                // Uneven, so that processes do not keep meeting each other.
                sleep(Duration::from_millis(fastrand::u64(2..20))).await;
            }
        };
        timeout(limit, waiting).await.unwrap_or_else(|_| Err(held(path, limit)))
    }

    /// The lock, unless another one holds it.
    pub fn try_acquire(path: &Path) -> Result<Option<Self>, Failure> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let Some(file) = open(path, &mut options, "lock")? else {
            return Err(cannot("lock", path, "its folder does not exist"));
        };
        match file.try_lock() {
            Ok(()) => {
                let mut lock = Self(file);
                // The number only helps to explain; the lock holds without it.
                lock.sign(&std::process::id().to_string()).ok();
                Ok(Some(lock))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(cannot("lock", path, error.to_string())),
        }
    }

    fn sign(&mut self, text: &str) -> io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        self.0.write_all(text.as_bytes())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The next one that waits must not be told of a process that has let go.
        self.sign("").ok();
        // Closing it is not enough: a child that is just being started has a copy.
        self.0.unlock().ok();
    }
}

fn held(path: &Path, limit: Duration) -> Failure {
    let seconds = limit.as_secs_f32();
    let (who, cure) = match holder(path) {
        Some(us) if us == std::process::id() => (
            "an earlier request of this azpat".to_owned(),
            "answer the dialog it may be waiting for, then try again".to_owned(),
        ),
        Some(id) => (
            format!("another azpat (process {id})"),
            format!("wait for process {id}, or end it, then try again"),
        ),
        None => ("another azpat".to_owned(), "wait for it, or end it, then try again".to_owned()),
    };
    cannot("lock", path, format!("{who} has held it for {seconds} s")).hint(cure)
}

/// The number that the holder wrote, if it can be read: Windows does not let others read.
fn holder(path: &Path) -> Option<u32> {
    let file = open(path, OpenOptions::new().read(true), "read").ok().flatten()?;
    let mut text = String::new();
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_of_it_in_a_child_holds_nobody_up() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("lock");
        let lock = Lock::try_acquire(&path).unwrap().unwrap();
        let copy = lock.0.try_clone().unwrap();
        assert!(Lock::try_acquire(&path).unwrap().is_none());
        drop(lock);
        assert!(Lock::try_acquire(&path).unwrap().is_some());
        drop(copy);
    }
}
