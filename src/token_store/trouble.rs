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
            Error::PlatformFailure(source) => match name(source.as_ref()) {
                Some(name) => named(&name, source.to_string()),
                None => Self::Failed(source.to_string()),
            },
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

/// What an error of D-Bus means; its name is fixed, its words are not.
fn named(name: &str, why: String) -> Trouble {
    match name.strip_prefix("org.freedesktop.").unwrap_or(name) {
        // libdbus says so when it finds no bus, or nothing answers at its address.
        "DBus.Error.NotSupported"
        | "DBus.Error.FileNotFound"
        | "DBus.Error.NoServer"
        | "DBus.Error.BadAddress"
        | "DBus.Error.Disconnected" => Trouble::Absent("no session bus (D-Bus) is running here"),
        "DBus.Error.ServiceUnknown" | "DBus.Error.NameHasNoOwner" => {
            Trouble::Absent("no keyring is running here")
        }
        name if name.starts_with("DBus.Error.Spawn.") => {
            Trouble::Absent("the keyring that is installed here does not start")
        }
        "DBus.Error.NoReply" | "DBus.Error.Timeout" | "DBus.Error.TimedOut" => Trouble::Silent,
        "Secret.Error.IsLocked" => Trouble::Locked,
        _ => Trouble::Failed(why),
    }
}

/// The name of the error of D-Bus that is at the bottom of it.
#[cfg(target_os = "linux")]
fn name(error: &(dyn std::error::Error + 'static)) -> Option<String> {
    let errors = std::iter::successors(Some(error), |error| error.source());
    let mut named = errors.filter_map(|error| error.downcast_ref::<dbus::Error>());
    named.find_map(dbus::Error::name).map(str::to_owned)
}

#[cfg(not(target_os = "linux"))]
fn name(_: &(dyn std::error::Error + 'static)) -> Option<String> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_of_the_bus_are_told_by_their_names() {
        for (name, words) in [
            ("DBus.Error.NotSupported", "no session bus"),
            ("DBus.Error.FileNotFound", "no session bus"),
            ("DBus.Error.ServiceUnknown", "no keyring is running"),
            ("DBus.Error.Spawn.ChildExited", "does not start"),
            ("DBus.Error.NoReply", "has not answered"),
            ("Secret.Error.IsLocked", "is locked"),
            ("DBus.Error.Failed", "the keyring says: odd"),
        ] {
            let trouble = named(&format!("org.freedesktop.{name}"), "odd".to_owned());
            let failure = trouble.failure("try");
            assert!(failure.why.contains(words), "{failure}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_name_is_found_below_other_errors() {
        #[derive(Debug, thiserror::Error)]
        #[error("outer")]
        struct Outer(#[source] dbus::Error);
        let inner = dbus::Error::new_custom("org.freedesktop.DBus.Error.NoReply", "nothing");
        let trouble = Trouble::of(Error::PlatformFailure(Box::new(Outer(inner))));
        assert!(matches!(trouble, Trouble::Silent), "{trouble:?}");
    }
}
