//! Where refresh tokens are kept: the system's keyring, or a file if the user said so. A store
//! that fails costs nothing but the next start: the token stays in memory, and the caller is told
//! why. No token ever goes into a file because the keyring failed.

mod file;
mod keyring;
mod parts;
mod trouble;
mod worker;

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use self::{
    file::TokenFile,
    keyring::{Keyring, Open},
    trouble::Trouble,
    worker::Worker,
};
use crate::{
    failure::{Failure, FailureKind},
    identity::Kept,
    secret::RefreshToken,
    text::visible,
};

/// How long one call may take before it is given up.
const LIMIT: Duration = Duration::from_secs(3);

/// The setting `token_store`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Choice {
    #[default]
    Keyring,
    File,
    /// For the demonstration, which leaves nothing behind.
    Memory,
}

/// The store. Clones share what is only in memory, and the worker.
#[derive(Clone, Debug)]
pub struct TokenStore(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    choice: Choice,
    file: TokenFile,
    /// What could not be kept elsewhere. It goes before what is kept, which is older.
    memory: Mutex<HashMap<String, RefreshToken>>,
    worker: Worker,
    limit: Duration,
}

impl TokenStore {
    /// Opens nothing yet. `folder` is the one for state.
    pub fn new(choice: Choice, folder: PathBuf) -> Self {
        Self::with(choice, folder, Arc::new(keyring::open), LIMIT)
    }

    fn with(choice: Choice, folder: PathBuf, open: Open, limit: Duration) -> Self {
        Self(Arc::new(Inner {
            choice,
            file: TokenFile::new(folder),
            memory: Mutex::default(),
            worker: Worker::new(open),
            limit,
        }))
    }

    /// Where tokens are kept unless something hinders it.
    pub fn usual(&self) -> Kept {
        match self.0.choice {
            Choice::Keyring => Kept::Keyring,
            Choice::File => Kept::File(self.0.file.document().path().to_owned()),
            Choice::Memory => Kept::Memory(not_wanted()),
        }
    }

    /// The token kept under this name.
    pub async fn get(&self, entry: &str) -> Result<Option<RefreshToken>, Failure> {
        if let Some(token) = self.memory(|memory| memory.get(entry).cloned()) {
            return Ok(Some(token));
        }
        let deadline = self.deadline();
        let name = entry.to_owned();
        match self.0.choice {
            Choice::Keyring => {
                let read = move |keyring: &mut Keyring| parts::get(keyring, &name);
                let read = self.0.worker.run(deadline, read).await;
                read.map_err(|trouble| trouble.failure("read the sign-in from the keyring"))
            }
            Choice::File => {
                let file = self.0.file.clone();
                self.with_file(deadline, "read", move || file.get(&name)).await
            }
            Choice::Memory => Ok(None),
        }
    }

    /// Keeps the token: written, read back and compared. What is older goes only after that.
    pub async fn put(&self, entry: &str, token: &RefreshToken) -> Kept {
        let kept = match self.0.choice {
            Choice::Keyring => self.put_in_keyring(entry, token).await,
            Choice::File => self.put_in_file(entry, token).await,
            Choice::Memory => Err(not_wanted()),
        };
        self.memory(|memory| match kept {
            Ok(_) => memory.remove(entry),
            Err(_) => memory.insert(entry.to_owned(), token.clone()),
        });
        kept.unwrap_or_else(Kept::Memory)
    }

    /// Removes every copy: from memory, keyring and file; absent is fine.
    pub async fn delete(&self, entry: &str) -> Result<(), Failure> {
        self.memory(|memory| memory.remove(entry));
        if self.0.choice == Choice::Memory {
            return Ok(());
        }
        let by_file = self.delete_from_file(entry).await;
        let by_keyring = self.delete_from_keyring(entry).await;
        by_file.and(by_keyring)
    }

    /// Removes a token that Entra refused. Where it was only in memory, what is kept is another
    /// one, perhaps of a newer sign-in by another process, and stays.
    pub async fn discard(&self, entry: &str, refused: &RefreshToken) -> Result<(), Failure> {
        let was_in_memory = self.memory(|memory| {
            let is_there = memory.get(entry) == Some(refused);
            if is_there {
                memory.remove(entry);
            }
            is_there
        });
        if was_in_memory { Ok(()) } else { self.delete(entry).await }
    }

    /// Writes, reads and removes a token that means nothing.
    pub async fn probe(&self) -> Result<(), Failure> {
        let entry = "a test of azpat";
        let token = RefreshToken::new(fastrand::u128(..).to_string());
        if let Kept::Memory(failure) = self.put(entry, &token).await {
            self.memory(|memory| memory.remove(entry));
            return Err(failure);
        }
        let read = self.get(entry).await;
        let deleted = self.delete(entry).await;
        if read?.as_ref() != Some(&token) {
            return Err(Trouble::Differs.failure("use the place where sign-ins are kept"));
        }
        deleted
    }

    async fn put_in_keyring(&self, entry: &str, token: &RefreshToken) -> Result<Kept, Failure> {
        let deadline = self.deadline();
        let lock = self.0.file.document().lock(self.0.limit).await?;
        let (entry, token) = (entry.to_owned(), token.clone());
        let put = move |keyring: &mut Keyring| {
            // Held until the very end, also by a call that was given up: whoever comes later
            // must not be overtaken by it.
            let _lock = lock;
            parts::put(keyring, &entry, &token)
        };
        let put = self.0.worker.run(deadline, put).await;
        put.map(|()| Kept::Keyring)
            .map_err(|trouble| trouble.failure("keep the sign-in in the keyring"))
    }

    async fn put_in_file(&self, entry: &str, token: &RefreshToken) -> Result<Kept, Failure> {
        let deadline = self.deadline();
        let (file, path) = (self.0.file.clone(), self.0.file.document().path().to_owned());
        let lock = file.document().lock(self.0.limit).await?;
        let (entry, token) = (entry.to_owned(), token.clone());
        let put = move || {
            file.put(&lock, &entry, &token)?;
            Ok(file.get(&entry)?.as_ref() == Some(&token))
        };
        if self.with_file(deadline, "write", put).await? {
            return Ok(Kept::File(path));
        }
        Err(Trouble::Differs.failure("keep the sign-in in its file"))
    }

    async fn delete_from_file(&self, entry: &str) -> Result<(), Failure> {
        if !self.0.file.is_there() {
            return Ok(());
        }
        let deadline = self.deadline();
        let (file, entry) = (self.0.file.clone(), entry.to_owned());
        let lock = file.document().lock(self.0.limit).await?;
        self.with_file(deadline, "change", move || file.delete(&lock, &entry)).await
    }

    async fn delete_from_keyring(&self, entry: &str) -> Result<(), Failure> {
        let deadline = self.deadline();
        let lock = self.0.file.document().lock(self.0.limit).await?;
        let entry = entry.to_owned();
        let delete = move |keyring: &mut Keyring| {
            let _lock = lock;
            parts::delete(keyring, &entry)
        };
        match self.0.worker.run(deadline, delete).await {
            // Who chose the file may well have no keyring, and then nothing is in it.
            Err(Trouble::Absent(_)) if self.0.choice == Choice::File => Ok(()),
            deleted => {
                deleted.map_err(|trouble| trouble.failure("remove the sign-in from the keyring"))
            }
        }
    }

    /// A disk can be as silent as a keyring, so the worker does this, too.
    async fn with_file<T: Send + 'static>(
        &self,
        deadline: Instant,
        verb: &str,
        job: impl FnOnce() -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let done = self.0.worker.run(deadline, move |_| Ok(job())).await;
        done.unwrap_or_else(|_| {
            let path = self.0.file.document().path();
            Err(Failure::new(
                FailureKind::Usage,
                format!("{verb} {}", visible(&path.to_string_lossy())),
                format!("the disk has not answered for {} s", self.0.limit.as_secs_f32()),
            ))
        })
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.0.limit
    }

    fn memory<T>(&self, change: impl FnOnce(&mut HashMap<String, RefreshToken>) -> T) -> T {
        change(&mut self.0.memory.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn not_wanted() -> Failure {
    Failure::new(FailureKind::Usage, "keep the sign-in", "the demonstration leaves nothing behind")
}

#[cfg(test)]
mod tests;
