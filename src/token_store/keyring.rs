//! One item of the system's keyring at a time. Knows no tokens and no parts of them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use keyring_core::{CredentialStore, Entry, Error};

use super::trouble::Trouble;

/// The name that the keyring's own program shows.
const SERVICE: &str = "azpat";

/// Opens the keyring; tests bring their own.
pub(super) type Open = Arc<dyn Fn() -> keyring_core::Result<Arc<CredentialStore>> + Send + Sync>;

/// The keyring of this system, opened when it is first needed and again after a failure, since it
/// may have been started meanwhile.
pub(super) struct Keyring {
    open: Open,
    store: Option<Arc<CredentialStore>>,
    is_given_up: Arc<AtomicBool>,
}

impl Keyring {
    pub(super) fn new(open: Open, is_given_up: Arc<AtomicBool>) -> Self {
        Self { open, store: None, is_given_up }
    }

    pub(super) fn read(&mut self, item: &str) -> Result<Option<Vec<u8>>, Trouble> {
        self.with(item, Entry::get_secret)
    }

    pub(super) fn write(&mut self, item: &str, bytes: &[u8]) -> Result<(), Trouble> {
        // An item that is not there is made, so `NoEntry` would be a lie.
        self.with(item, |entry| entry.set_secret(bytes))?.ok_or(Trouble::Differs)
    }

    /// Removes the item, and each of them should there be several of this name.
    pub(super) fn erase(&mut self, item: &str) -> Result<(), Trouble> {
        let erased = self.with(item, |entry| match entry.delete_credential() {
            Err(Error::Ambiguous(all)) => all.iter().try_for_each(Entry::delete_credential),
            deleted => deleted,
        });
        erased.map(|_| ())
    }

    /// `None` if there is no such item.
    fn with<T>(
        &mut self,
        item: &str,
        call: impl FnOnce(&Entry) -> keyring_core::Result<T>,
    ) -> Result<Option<T>, Trouble> {
        if self.is_given_up.load(Ordering::SeqCst) {
            return Err(Trouble::Silent);
        }
        let store = match &self.store {
            Some(store) => Arc::clone(store),
            None => (self.open)().map_err(Trouble::of)?,
        };
        match entry(&store, item).and_then(|entry| call(&entry)) {
            Ok(done) => {
                self.store = Some(store);
                Ok(Some(done))
            }
            Err(Error::NoEntry) => {
                self.store = Some(store);
                Ok(None)
            }
            Err(error) => {
                self.store = None;
                Err(Trouble::of(error))
            }
        }
    }
}

#[cfg(not(windows))]
fn entry(store: &Arc<CredentialStore>, item: &str) -> keyring_core::Result<Entry> {
    Entry::new_in_store(store, SERVICE, item)
}

/// Windows would copy it to every computer of the domain that the user signs in to.
#[cfg(windows)]
fn entry(store: &Arc<CredentialStore>, item: &str) -> keyring_core::Result<Entry> {
    let local = std::collections::HashMap::from([("persistence", "Local")]);
    Entry::new_in_store_with_modifiers(store, SERVICE, item, &local)
}

#[cfg(target_os = "linux")]
pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    let store = dbus_secret_service_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(target_os = "macos")]
pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    let store = apple_native_keyring_store::keychain::Store::new()?;
    Ok(store)
}

#[cfg(windows)]
pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    let store = windows_native_keyring_store::Store::new()?;
    Ok(store)
}

#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
pub(super) fn open() -> keyring_core::Result<Arc<CredentialStore>> {
    Err(Error::NoDefaultStore)
}
