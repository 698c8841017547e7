//! Refresh tokens in a file, for computers without a keyring, if the user says so.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    failure::Failure,
    private::{self, Document, Lock},
    secret::RefreshToken,
};

const VERSION: u32 = 1;

/// `tokens.json`.
#[derive(Clone, Debug)]
pub(super) struct TokenFile(Document);

/// A token that may be written, here and nowhere else.
struct Written(RefreshToken);

impl Serialize for Written {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose())
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|token| Self(RefreshToken::new(token)))
    }
}

#[derive(Deserialize, Serialize)]
struct Content {
    version: u32,
    entries: BTreeMap<String, Written>,
}

impl TokenFile {
    pub(super) fn new(folder: PathBuf) -> Self {
        let mut path = folder;
        path.push("tokens.json");
        Self(Document::new(path, VERSION, "sign in again; the sign-ins in it are lost"))
    }

    pub(super) fn document(&self) -> &Document {
        &self.0
    }

    /// Whether there is anything from which a token would have to be removed.
    pub(super) fn is_there(&self) -> bool {
        [self.0.path(), &self.0.broken()].into_iter().any(|path| path.symlink_metadata().is_ok())
    }

    pub(super) fn get(&self, entry: &str) -> Result<Option<RefreshToken>, Failure> {
        let content: Option<Content> = self.0.load()?;
        Ok(content.and_then(|mut content| content.entries.remove(entry)).map(|token| token.0))
    }

    pub(super) fn put(
        &self,
        lock: &Lock,
        entry: &str,
        token: &RefreshToken,
    ) -> Result<(), Failure> {
        let mut entries = self.entries(lock)?;
        entries.insert(entry.to_owned(), Written(token.clone()));
        self.save(lock, entries)
    }

    /// Removes the token, and a file that was kept aside: nobody can say what is in it.
    pub(super) fn delete(&self, lock: &Lock, entry: &str) -> Result<(), Failure> {
        private::remove(&self.0.broken())?;
        let mut entries = self.entries(lock)?;
        match entries.remove(entry) {
            Some(_) => self.save(lock, entries),
            None => Ok(()),
        }
    }

    fn entries(&self, lock: &Lock) -> Result<BTreeMap<String, Written>, Failure> {
        let content: Option<Content> = self.0.load_locked(lock)?;
        Ok(content.map(|content| content.entries).unwrap_or_default())
    }

    fn save(&self, lock: &Lock, entries: BTreeMap<String, Written>) -> Result<(), Failure> {
        if entries.is_empty() {
            return private::remove(self.0.path());
        }
        self.0.save(lock, &Content { version: VERSION, entries })
    }
}
