//! What goes wrong with a keyring, in words and with a cure.

use keyring_core::Error;

use crate::{
    failure::{Failure, FailureKind},
    text::cut,
};

/// Why the keyring does not do what it is asked.
#[derive(Debug)]
pub(super) enum Trouble {
    /// There is none, or nothing answers for it.
    Absent(&'static str),
    Locked,
    /// The dialog in which it would have been unlocked was closed.
    Dismissed,
    /// It runs, but there is no keyring in it.
    Empty,
    /// No answer until the deadline.
    Silent,
    /// The thread that asked it has died.
    Gone,
    /// What is read is not what was written.
    Differs,
    /// What is read was not written by azpat, or not by this version.
    Damaged,
    /// Several items have the name that should name one.
    Ambiguous(usize),
    TooLong,
    Failed(String),
}

impl Trouble {
    pub(super) fn of_opening(error: Error) -> Self {
        // There is no session of the Secret Service yet, so this is about reaching it at all.
        match Self::of(error) {
            Self::Failed(why) if is_about_sockets(&why) => {
                Self::Absent("no session bus (D-Bus) is running here")
            }
            other => other,
        }
    }

    pub(super) fn of(error: Error) -> Self {
        match error {
            Error::Ambiguous(items) => Self::Ambiguous(items.len()),
            Error::TooLong(..) => Self::TooLong,
            Error::NoDefaultStore => Self::Absent("azpat knows no keyring for this system"),
            Error::NoStorageAccess(source) => match source.to_string() {
                why if why.contains("dismissed") => Self::Dismissed,
                why if why.contains("no result") => Self::Empty,
                why if why.contains("locked") => Self::Locked,
                why => Self::Failed(why),
            },
            Error::PlatformFailure(source) => platform(&source.to_string()),
            // The others can carry what was stored, which must not be shown.
            Error::BadEncoding(_) | Error::BadDataFormat(..) => Self::Damaged,
            other => Self::Failed(other.to_string()),
        }
    }

    pub(super) fn failure(self, attempt: &str) -> Failure {
        let again = "unlock it with your desktop's program for passwords, then try again";
        let absent = "start one (GNOME Keyring, KDE Wallet, KeePassXC), or set `token_store` to \
                      `file` to keep sign-ins in a file that only you can read";
        let (why, cure) = match self {
            Self::Absent(what) => (what.to_owned(), absent),
            Self::Locked => ("the keyring is locked".to_owned(), again),
            Self::Dismissed => ("the dialog that unlocks the keyring was closed".to_owned(), again),
            Self::Empty => (
                "the keyring service has no keyring to keep it in".to_owned(),
                "make a default keyring with your desktop's program for passwords, or set \
                 `token_store` to `file`",
            ),
            Self::Silent => (
                "the keyring has not answered in time".to_owned(),
                "answer the dialog it may be showing, then try again",
            ),
            Self::Gone => ("the call to the keyring has crashed".to_owned(), "try again"),
            Self::Differs => (
                "what was read back is not what was written".to_owned(),
                "check the keyring with your desktop's program for passwords",
            ),
            Self::Damaged => {
                ("what is kept there is damaged, or of another version".to_owned(), "sign in again")
            }
            Self::Ambiguous(count) => (
                format!("the keyring has {count} items of this name, and azpat wrote one"),
                "sign out, which removes them all, then sign in again",
            ),
            Self::TooLong => ("it is too long for the keyring".to_owned(), "sign in again"),
            Self::Failed(why) => (
                format!("the keyring says: {}", cut(&why, 200)),
                "try again; set `token_store` to `file` if it stays so",
            ),
        };
        Failure::new(FailureKind::Usage, attempt, why).hint(cure)
    }
}

/// The words of a system's keyring. D-Bus ends them with the name of the error, which is fixed.
fn platform(why: &str) -> Trouble {
    let says = |name: &str| why.contains(name);
    if says("Error.ServiceUnknown") || says("Error.NameHasNoOwner") || says("Error.Spawn.") {
        Trouble::Absent("no keyring is running here")
    } else if says("Error.NoReply") || says("Error.Timeout") || says("Error.TimedOut") {
        Trouble::Silent
    } else if says("Secret.Error.IsLocked") {
        Trouble::Locked
    } else if says("prompt was dismissed") {
        Trouble::Dismissed
    } else {
        Trouble::Failed(why.to_owned())
    }
}

fn is_about_sockets(why: &str) -> bool {
    let names =
        ["NotSupported", "FileNotFound", "NoServer", "BadAddress", "Failed", "Disconnected"];
    names.iter().any(|name| why.contains(&format!("DBus.Error.{name}")))
}
