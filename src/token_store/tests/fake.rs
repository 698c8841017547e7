//! A keyring in memory that misbehaves when told so.

use std::{
    any::Any,
    collections::HashMap,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use keyring_core::{
    Credential, CredentialStore, Entry, Error, Result,
    api::{CredentialApi, CredentialStoreApi},
};

use super::super::keyring::Open;

/// How it behaves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    Fine,
    /// Opening it fails.
    Closed,
    NoAccess(&'static str),
    Broken(&'static str),
    /// Every name has two items.
    Ambiguous,
    /// Takes everything and keeps nothing.
    Lying,
    /// Does so many changes, then nothing any more.
    CutOff {
        after: usize,
    },
    /// Never answers, until it is released.
    Silent,
    Panics,
}

#[derive(Debug)]
pub(super) struct Fake {
    mode: Mutex<Mode>,
    items: Mutex<HashMap<String, Vec<u8>>>,
    /// Everything that was ever to be written.
    seen: Mutex<Vec<u8>>,
    changes: AtomicUsize,
    calls: AtomicUsize,
    twins: AtomicUsize,
    is_released: Mutex<bool>,
    release: Condvar,
}

impl Fake {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            mode: Mutex::new(Mode::Fine),
            items: Mutex::default(),
            seen: Mutex::default(),
            changes: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            twins: AtomicUsize::new(0),
            is_released: Mutex::default(),
            release: Condvar::new(),
        })
    }

    pub(super) fn open(fake: &Arc<Self>) -> Open {
        let fake = Arc::clone(fake);
        Arc::new(move || {
            if let Mode::Closed = fake.mode() {
                Err(Error::NoDefaultStore)
            } else {
                let store: Arc<CredentialStore> = Arc::new(Store(Arc::clone(&fake)));
                Ok(store)
            }
        })
    }

    pub(super) fn set(&self, mode: Mode) {
        *self.mode.lock().unwrap() = mode;
        self.changes.store(0, Ordering::SeqCst);
    }

    /// Lets all silent calls go on.
    pub(super) fn release(&self) {
        *self.is_released.lock().unwrap() = true;
        self.release.notify_all();
    }

    pub(super) fn plant(&self, item: &str, bytes: &[u8]) {
        self.items.lock().unwrap().insert(item.to_owned(), bytes.to_vec());
    }

    /// The largest item, and how many there are.
    pub(super) fn sizes(&self) -> (usize, usize) {
        let items = self.items.lock().unwrap();
        (items.values().map(Vec::len).max().unwrap_or(0), items.len())
    }

    pub(super) fn is_cut_off(&self) -> bool {
        matches!(self.mode(), Mode::CutOff { after } if self.changes.load(Ordering::SeqCst) > after)
    }

    pub(super) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(super) fn removed_twins(&self) -> usize {
        self.twins.load(Ordering::SeqCst)
    }

    pub(super) fn has_seen(&self, text: &str) -> bool {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).contains(text)
    }

    fn mode(&self) -> Mode {
        *self.mode.lock().unwrap()
    }
}

struct Store(Arc<Fake>);

impl CredentialStoreApi for Store {
    fn vendor(&self) -> String {
        "fake".to_owned()
    }

    fn id(&self) -> String {
        "fake".to_owned()
    }

    fn build(&self, _: &str, user: &str, _: Option<&HashMap<&str, &str>>) -> Result<Entry> {
        let item = Item { fake: Arc::clone(&self.0), name: user.to_owned(), is_twin: false };
        Ok(Entry::new_with_credential(Arc::new(item)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

struct Item {
    fake: Arc<Fake>,
    name: String,
    is_twin: bool,
}

impl Item {
    fn enter(&self, is_change: bool) -> Result<()> {
        self.fake.calls.fetch_add(1, Ordering::SeqCst);
        match self.fake.mode() {
            Mode::NoAccess(why) => Err(Error::NoStorageAccess(why.into())),
            Mode::Broken(why) => Err(Error::PlatformFailure(why.into())),
            Mode::Ambiguous if !self.is_twin => {
                let twin = || {
                    let (fake, name) = (Arc::clone(&self.fake), self.name.clone());
                    Entry::new_with_credential(Arc::new(Self { fake, name, is_twin: true }))
                };
                Err(Error::Ambiguous(vec![twin(), twin()]))
            }
            Mode::CutOff { after } => {
                let changes = self.fake.changes.fetch_add(usize::from(is_change), Ordering::SeqCst);
                let is_over = changes + usize::from(is_change) > after;
                if is_over { Err(Error::PlatformFailure("cut off".into())) } else { Ok(()) }
            }
            Mode::Silent => {
                let released = self.fake.is_released.lock().unwrap();
                drop(self.fake.release.wait_while(released, |released| !*released).unwrap());
                Ok(())
            }
            Mode::Panics => panic!("a test lets the keyring crash"),
            Mode::Fine | Mode::Closed | Mode::Lying | Mode::Ambiguous => Ok(()),
        }
    }
}

impl CredentialApi for Item {
    fn set_secret(&self, secret: &[u8]) -> Result<()> {
        self.enter(true)?;
        self.fake.seen.lock().unwrap().extend_from_slice(secret);
        if !matches!(self.fake.mode(), Mode::Lying) {
            self.fake.plant(&self.name, secret);
        }
        Ok(())
    }

    fn get_secret(&self) -> Result<Vec<u8>> {
        self.enter(false)?;
        self.fake.items.lock().unwrap().get(&self.name).cloned().ok_or(Error::NoEntry)
    }

    fn delete_credential(&self) -> Result<()> {
        if self.fake.items.lock().unwrap().contains_key(&self.name) || self.is_twin {
            self.enter(true)?;
        } else {
            self.enter(false)?;
        }
        self.fake.twins.fetch_add(usize::from(self.is_twin), Ordering::SeqCst);
        match self.fake.items.lock().unwrap().remove(&self.name) {
            None if !self.is_twin => Err(Error::NoEntry),
            _ => Ok(()),
        }
    }

    fn get_credential(&self) -> Result<Option<Arc<Credential>>> {
        Ok(None)
    }

    fn get_specifiers(&self) -> Option<(String, String)> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
