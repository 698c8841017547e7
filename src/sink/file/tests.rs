//! What can be in the way of a file.

use std::{
    env, fs,
    os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use rustix::process::{Resource, Rlimit, setrlimit};
use tempfile::TempDir;
use tokio::process::Command;

use super::*;
use crate::config::sink_of;

const NETRC: &str = r#"{"name": "a", "kind": "netrc"}"#;
const OLD: &str = "machine dev.azure.com login contoso password 0ldSecret\n";
const SECRET: &str = "n3wS3cret";

/// A home folder with somebody's own things in it.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn with(text: impl AsRef<[u8]>) -> Self {
        let home = Self::new();
        fs::write(home.netrc(), text).unwrap();
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn netrc(&self) -> PathBuf {
        self.path().join(".netrc")
    }

    fn backup(&self) -> PathBuf {
        self.path().join(".netrc.azpat.bak")
    }

    fn plan(&self, sink: &str) -> Result<FilePlan, Failure> {
        let delivery = Delivery::to("contoso".parse().unwrap());
        plan(&sink_of(sink).unwrap(), &Places::demo(self.path()), &delivery)
    }

    fn deliver(&self, sink: &str) -> Result<Vec<String>, Failure> {
        self.plan(sink)?.carry_out(&PatSecret::new(SECRET))
    }

    /// Nothing may have changed, nor may anything be left over.
    #[track_caller]
    fn is_left_alone(&self, bytes: &[u8]) {
        assert_eq!(fs::read(self.netrc()).unwrap(), bytes);
        let names: Vec<_> = fs::read_dir(self.path()).unwrap().map(|it| it.unwrap()).collect();
        assert!(names.iter().all(|it| !it.file_name().to_string_lossy().ends_with(".new")));
    }
}

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn it_is_replaced_whole_and_private_and_kept_as_it_was() {
    let home = Home::with(OLD);
    set_mode(&home.netrc(), 0o644);
    let plan = home.plan(NETRC).unwrap();
    assert_eq!(plan.target(), "~/.netrc");
    let shown = format!("{:?}", plan.difference());
    assert!(shown.contains("password ***") && !shown.contains("0ldSecret"), "{shown}");
    let notes = plan.carry_out(&PatSecret::new(SECRET)).unwrap();
    assert!(notes[0].contains("open to other users (mode 0644)"), "{notes:?}");
    assert!(notes[1].contains("kept as ~/.netrc.azpat.bak"), "{notes:?}");
    assert_eq!(fs::read_to_string(home.netrc()).unwrap(), OLD.replace("0ldSecret", SECRET));
    assert_eq!(fs::read_to_string(home.backup()).unwrap(), OLD);
    assert_eq!((mode(&home.netrc()), mode(&home.backup())), (0o600, 0o600));
}

#[test]
fn a_file_that_is_not_there_is_made_with_its_folder() {
    let home = Home::new();
    let sink = r#"{"name": "a", "kind": "env", "path": "deep/er/.env"}"#;
    assert_eq!(home.deliver(sink).unwrap(), Vec::<String>::new());
    let file = home.path().join("deep/er/.env");
    assert_eq!(fs::read_to_string(&file).unwrap(), format!("AZURE_DEVOPS_EXT_PAT={SECRET}\n"));
    assert_eq!((mode(&file), mode(file.parent().unwrap())), (0o600, 0o700));
    assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
}

#[test]
fn a_byte_order_mark_and_its_line_ends_stay() {
    let old = "\u{feff}# Jürgen\r\nmachine a login b password c\r\n";
    let home = Home::with(old);
    home.deliver(NETRC).unwrap();
    let new = format!("{old}machine dev.azure.com login contoso password {SECRET}\r\n");
    assert_eq!(fs::read_to_string(home.netrc()).unwrap(), new);
}

#[test]
fn what_cannot_be_kept_is_left_alone() {
    let utf16: Vec<u8> = OLD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, words) in [
        ([b"\xff\xfe".to_vec(), utf16.clone()].concat(), "it is UTF-16"),
        (utf16, "zero byte"),
        (b"# J\xfcrgen\nmachine a\n".to_vec(), "line 1 is not UTF-8"),
        (b"machine a\nnonsense\n".to_vec(), "line 2: this is no word"),
        (vec![b'#'; 5 << 20], "larger than"),
    ] {
        let home = Home::with(&bytes);
        let failure = home.deliver(NETRC).unwrap_err();
        assert!(failure.why.contains(words), "{failure}");
        assert_eq!(failure.attempt, "change ~/.netrc");
        home.is_left_alone(&bytes);
        assert!(!home.backup().exists());
    }
}

#[test]
fn only_an_ordinary_file_of_ones_own_is_replaced() {
    let home = Home::with(OLD);
    set_mode(&home.netrc(), 0o444);
    assert!(home.deliver(NETRC).unwrap_err().why.contains("read-only"));
    set_mode(&home.netrc(), 0o600);
    fs::hard_link(home.netrc(), home.path().join("other")).unwrap();
    assert!(home.deliver(NETRC).unwrap_err().why.contains("hard link"));
    fs::remove_file(home.path().join("other")).unwrap();
    home.is_left_alone(OLD.as_bytes());
    fs::remove_file(home.netrc()).unwrap();
    fs::create_dir(home.netrc()).unwrap();
    assert!(home.deliver(NETRC).unwrap_err().why.contains("no ordinary file"));
}

#[test]
fn a_link_is_followed_inside_the_home_folder_only() {
    let (home, outside) = (Home::new(), tempfile::tempdir().unwrap());
    let inside = home.path().join("dotfiles");
    fs::create_dir(&inside).unwrap();
    for folder in [outside.path(), &inside] {
        fs::write(folder.join("netrc"), OLD).unwrap();
    }
    symlink(outside.path().join("netrc"), home.netrc()).unwrap();
    assert!(home.deliver(NETRC).unwrap_err().why.contains("leads out of your home"));
    assert_eq!(fs::read_to_string(outside.path().join("netrc")).unwrap(), OLD);
    fs::remove_file(home.netrc()).unwrap();
    symlink("dotfiles/netrc", home.netrc()).unwrap();
    home.deliver(NETRC).unwrap();
    assert!(home.netrc().is_symlink(), "the link stays");
    assert!(fs::read_to_string(inside.join("netrc")).unwrap().contains(SECRET));
    assert_eq!(mode(&inside.join("netrc")), 0o600);
    // A folder can be a link, too, and a link can lead to nothing.
    symlink(outside.path(), home.path().join("away")).unwrap();
    for path in ["away/.env", "away/new/.env"] {
        let sink = format!(r#"{{"name": "a", "kind": "env", "path": "{path}"}}"#);
        assert!(home.deliver(&sink).unwrap_err().why.contains("leads out of your home"), "{path}");
    }
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 1);
    symlink("nowhere", home.path().join("dangling")).unwrap();
    let sink = r#"{"name": "a", "kind": "env", "path": "dangling"}"#;
    assert!(home.deliver(sink).unwrap_err().why.contains("leads to nothing"));
}

#[test]
fn a_plan_is_for_what_was_looked_at() {
    let home = Home::with(OLD);
    for change in ["", "machine a\n"] {
        let plan = home.plan(NETRC).unwrap();
        fs::write(home.netrc(), change).unwrap();
        let failure = plan.carry_out(&PatSecret::new(SECRET)).unwrap_err();
        assert!(failure.why.contains("changed it meanwhile"), "{failure}");
        home.is_left_alone(change.as_bytes());
    }
    let plan = home.plan(NETRC).unwrap();
    fs::remove_file(home.netrc()).unwrap();
    assert!(plan.carry_out(&PatSecret::new(SECRET)).is_err());
    assert!(!home.netrc().exists() && !home.backup().exists());
}

/// A disk that is full gives an error at the same places as a file that may not grow.
#[tokio::test]
async fn a_full_disk_loses_nothing() {
    const TEST: &str = "sink::file::tests::a_full_disk_loses_nothing";
    const PLACE: &str = "AZPAT_TEST_PLACE";
    const ROOM: &str = "AZPAT_TEST_ROOM";
    if let (Some(place), Ok(room)) = (env::var_os(PLACE), env::var(ROOM)) {
        let delivery = Delivery::to("contoso".parse().unwrap());
        let places = Places::demo(Path::new(&place));
        let plan = plan(&sink_of(NETRC).unwrap(), &places, &delivery).unwrap();
        let room = room.parse().unwrap();
        setrlimit(Resource::Fsize, Rlimit { current: Some(room), maximum: Some(room) }).unwrap();
        let failure = plan.carry_out(&PatSecret::new(SECRET)).unwrap_err();
        assert!(failure.why.contains("too large"), "{failure}");
        assert_eq!(failure.kind, FailureKind::Service);
        return;
    }
    // No room for the copy; room for the copy but not for the file; nothing there and no room.
    let longer = OLD.replace("0ldSecret", "s");
    for (old, room) in [(Some(OLD), 0), (Some(&*longer), longer.len()), (None, 20)] {
        let home = old.map_or_else(Home::new, Home::with);
        let child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(env::current_exe().unwrap())
            .args(["--exact", TEST])
            .env(PLACE, home.path())
            .env(ROOM, room.to_string())
            .output()
            .await
            .unwrap();
        assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
        match old {
            Some(old) => home.is_left_alone(old.as_bytes()),
            None => assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0),
        }
        assert_eq!(home.backup().exists(), room == longer.len());
    }
}

/// Pieces from which the files of all formats are made, and what does not belong there.
const PIECES: &[&str] = &[
    "\n",
    "\r\n",
    "\n\n",
    " ",
    "  ",
    "\t",
    "=",
    " = ",
    ":",
    "#",
    ";",
    "\"",
    "'",
    "\\",
    "ü",
    "@",
    "machine ",
    "dev.azure.com ",
    "login ",
    "contoso ",
    "password ",
    "default ",
    "macdef ",
    "old",
    "export ",
    "PAT",
    "PAT=",
    "[global]",
    "[distutils]",
    "[feed]",
    "[",
    "]",
    "index-servers",
    "extra-index-url",
    "https://",
    "u:p@",
    "pkgs.dev.azure.com/contoso/",
    "feed/",
    "repository",
    "//pkgs.dev.azure.com/contoso/",
    ":_password=",
    ":username=",
    "<settings>",
    "</settings>",
    "<servers>",
    "</servers>",
    "<servers/>",
    "<server>",
    "</server>",
    "<id>contoso</id>",
    "<password>",
    "</password>",
    "<password/>",
    "<!-- ",
    " -->",
    "<configuration>",
    "</configuration>",
    "<packageSourceCredentials>",
    "</packageSourceCredentials>",
    "<feed>",
    "</feed>",
    "<add key=\"ClearTextPassword\" value=\"old\" />",
    "<add key='Password' value=''/>",
];

const SINKS: &[&str] = &[
    r#"{"name": "a", "kind": "npmrc"}"#,
    r#"{"name": "a", "kind": "netrc"}"#,
    r#"{"name": "a", "kind": "netrc", "user": "me"}"#,
    r#"{"name": "a", "kind": "env", "path": "x", "key": "PAT"}"#,
    r#"{"name": "a", "kind": "pip", "registry": "https://pkgs.dev.azure.com/contoso/feed/"}"#,
    r#"{"name": "a", "kind": "pypirc", "key": "feed", "registry": "https://pkgs.dev.azure.com/contoso/feed/"}"#,
    r#"{"name": "a", "kind": "maven"}"#,
    r#"{"name": "a", "kind": "nuget", "key": "feed"}"#,
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    /// Whatever a file holds, it is refused, or the secret went to it afterwards, in one place as
    /// well as after the next delivery.
    #[test]
    fn twice_is_once_whatever_a_file_holds(
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24),
    ) {
        let text = pieces.concat();
        for sink in SINKS {
            let sink = sink_of(sink).unwrap();
            let entry = Entry { sink: &sink, organization: "contoso", variable: None };
            let deliver = |text: &str, secret: &str| {
                let changed = changes(text, &entry).0;
                changed.map(|changed| change::apply(text, &changed, secret).to_string())
            };
            let Ok(once) = deliver(&text, "SECRET") else { continue };
            prop_assert!(once.contains("SECRET"), "{:?}: {once:?}", sink.kind);
            let twice = deliver(&once, "SECRET");
            prop_assert!(twice.as_ref() == Ok(&once), "{:?}: {text:?}\n{once:?}\n{twice:?}", sink.kind);
            let rotated = deliver(&once, "OTHER").unwrap();
            prop_assert!(!rotated.contains("SECRET"), "{:?}: {once:?}\n{rotated:?}", sink.kind);
        }
    }
}
