//! Plants, modes and deaths. What needs another umask or has to die runs in a process of its own:
//! the same test once more.

#![cfg(unix)]

use std::{
    env,
    os::unix::{
        fs::{MetadataExt as _, PermissionsExt as _, symlink},
        net::UnixListener,
        process::ExitStatusExt as _,
    },
    path::PathBuf,
    process::ExitStatus,
};

use rustix::{
    fs::{CWD, FileType, Mode, mknodat},
    process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit, umask},
};
use tempfile::TempDir;
use tokio::process::Command;

use super::*;

const ROLE: &str = "AZPAT_TEST_ROLE";
const PLACE: &str = "AZPAT_TEST_PLACE";

fn home() -> (TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state");
    super::folder(&folder).unwrap();
    (home, folder)
}

fn mode(path: &Path) -> u32 {
    path.symlink_metadata().unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs this test once more, as a child with this role.
async fn again(test: &str, role: &str, folder: &Path) -> ExitStatus {
    // Ignored signals stay ignored, and a file that grows too large is then an error.
    let script = if role.starts_with("error") { "trap '' XFSZ; " } else { "" };
    Command::new("sh")
        .args([
            "-c",
            &format!("{script}exec \"$0\" \"$@\""),
            env::current_exe().unwrap().to_str().unwrap(),
        ])
        .args(["--exact", &format!("private::tests::{test}")])
        .env(ROLE, role)
        .env(PLACE, folder)
        .output()
        .await
        .unwrap()
        .status
}

/// What is in the folder besides the file itself.
fn others(path: &Path) -> Vec<String> {
    let entries = fs::read_dir(path.parent().unwrap()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| *name != path.file_name().unwrap().to_str().unwrap()).collect()
}

#[test]
fn what_is_written_is_read() {
    let (_home, folder) = home();
    let path = folder.join("file");
    assert_eq!(read(&path, 10), Ok(None));
    write(&path, b"one").unwrap();
    write(&path, b"other").unwrap();
    assert_eq!(read(&path, 5), Ok(Some(b"other".to_vec())));
    assert!(read(&path, 4).unwrap_err().why.contains("larger than 4 bytes"));
    remove(&path).unwrap();
    remove(&path).unwrap();
    assert_eq!(read(&path, 10), Ok(None));
}

/// Check 47: also with umask 000.
#[tokio::test]
async fn check_47_nothing_is_open_to_others_under_any_umask() {
    if env::var_os(ROLE).is_some() {
        umask(Mode::empty());
        let folder = PathBuf::from(env::var_os(PLACE).unwrap()).join("a/b");
        super::folder(&folder).unwrap();
        let path = folder.join("file");
        let fresh = create(&path).unwrap();
        assert_eq!(mode(fresh.path()), 0o600);
        write(&path, b"x").unwrap();
        let _lock = Lock::try_acquire(&folder.join("lock")).unwrap().unwrap();
        for (name, expected) in [("", 0o700), ("file", 0o600), ("lock", 0o600), ("..", 0o700)] {
            assert_eq!(mode(&folder.join(name)), expected, "{name}");
        }
        return;
    }
    let (_home, folder) = home();
    let status =
        again("check_47_nothing_is_open_to_others_under_any_umask", "child", &folder).await;
    assert!(status.success());
    assert_eq!(mode(&folder.join("a/b/file")), 0o600, "the child did nothing");
}

/// Each plant with a word of what is said of it.
fn plants(folder: &Path) -> Vec<(PathBuf, &'static str)> {
    let plain = |name: &str, mode: u32| {
        let path = folder.join(name);
        fs::write(&path, "x").unwrap();
        set_mode(&path, mode);
        path
    };
    let target = plain("target", 0o600);
    let (link, dangling, pipe, socket, tree) = (
        folder.join("link"),
        folder.join("dangling"),
        folder.join("pipe"),
        folder.join("socket"),
        folder.join("tree"),
    );
    symlink(&target, &link).unwrap();
    symlink(folder.join("nowhere"), &dangling).unwrap();
    mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR, 0).unwrap();
    UnixListener::bind(&socket).unwrap();
    fs::create_dir(&tree).unwrap();
    let hard = plain("hard", 0o600);
    fs::hard_link(&hard, folder.join("second")).unwrap();
    let mut plants = vec![
        (link, "a link"),
        (dangling, "a link"),
        (pipe, "no ordinary file"),
        (socket, "no ordinary file"),
        (tree, "a folder"),
        (hard, "hard link"),
        (plain("wide", 0o644), "mode 0644"),
        (plain("group", 0o620), "mode 0620"),
        (PathBuf::from("/dev/null"), "no ordinary file"),
    ];
    // Only the administrator can give a file away; everybody else finds one of the administrator's.
    let foreign = if rustix::process::geteuid().is_root() {
        let path = plain("foreign", 0o600);
        std::os::unix::fs::chown(&path, Some(12), None).unwrap();
        path
    } else {
        PathBuf::from("/etc/passwd")
    };
    plants.push((foreign, "another user"));
    plants
}

/// Check 48: ten plants, each refused and named.
#[test]
fn check_48_plants_are_named_and_left_alone() {
    let (_home, folder) = home();
    for (path, word) in plants(&folder) {
        let before = path.symlink_metadata().unwrap().ino();
        let failures = [
            read(&path, 10).unwrap_err(),
            write(&path, b"new").unwrap_err(),
            Lock::try_acquire(&path).unwrap_err(),
        ];
        for failure in failures {
            assert!(failure.why.contains(word), "{failure}");
            assert!(failure.attempt.contains(path.to_str().unwrap()), "{failure}");
            assert!(failure.hint.is_some());
        }
        assert_eq!(path.symlink_metadata().unwrap().ino(), before);
    }
    assert_eq!(fs::read(folder.join("target")).unwrap(), b"x");
    assert!(!folder.join("nowhere").exists());
    let path = folder.join("wide");
    let hint = read(&path, 10).unwrap_err().hint.unwrap();
    assert_eq!(hint, format!("run `chmod 600 {}`", path.display()));
}

#[test]
fn check_48_folders_that_others_can_enter_or_replace_are_refused() {
    let (_home, folder) = home();
    let said = |path: &Path| {
        let failure = super::folder(path).unwrap_err();
        format!("{failure}; {}", failure.hint.as_deref().unwrap_or_default())
    };
    assert!(said(Path::new("state")).contains("whole path"));
    let odd = folder.join("it's");
    super::folder(&odd).unwrap();
    set_mode(&odd, 0o755);
    let cure = format!("run `chmod 700 '{}/it'\\''s'`", folder.display());
    assert!(said(&odd).contains(&cure), "{}", said(&odd));
    assert_eq!(mode(&odd), 0o755);
    symlink(&odd, folder.join("link")).unwrap();
    assert!(said(&folder.join("link")).contains("a link"));
    fs::write(folder.join("file"), "").unwrap();
    assert!(said(&folder.join("file")).contains("no folder"));
    let open = folder.join("open");
    fs::create_dir(&open).unwrap();
    set_mode(&open, 0o777);
    assert!(said(&open.join("ours")).contains("chmod o-w"));
    // Like /tmp.
    set_mode(&open, 0o1777);
    assert_eq!(super::folder(&open.join("ours")), Ok(()));
}

const OLD: &[u8] = b"old";

/// Larger than what one write to the disk takes.
fn new() -> Vec<u8> {
    vec![b'n'; 300_000]
}

/// Goes so far and no further.
fn die(role: &str, path: &Path) {
    let killed = || kill_process(getpid(), Signal::KILL).unwrap();
    if role.ends_with("half") {
        // The system ends the process in the middle of the file, or only refuses the rest.
        setrlimit(Resource::Fsize, Rlimit { current: Some(100_000), maximum: None }).unwrap();
        let failure = write(path, &new()).unwrap_err();
        assert!(failure.why.contains("too large"), "{failure}");
        std::process::abort();
    }
    let mut fresh = create(path).unwrap();
    if role == "created" {
        killed();
    }
    replace::fill(&mut fresh, &new()).unwrap();
    if role == "filled" {
        killed();
    }
    put(fresh, path).unwrap();
    killed();
}

/// Check 49: old or new, never mixed.
#[tokio::test]
async fn check_49_whoever_dies_while_writing_leaves_old_or_new_and_the_next_one_cleans_up() {
    if let Ok(role) = env::var(ROLE) {
        die(&role, &PathBuf::from(env::var_os(PLACE).unwrap()).join("file"));
    }
    for (role, signal, left, content) in [
        ("created", Signal::KILL, 1, OLD.to_vec()),
        ("half", Signal::XFSZ, 1, OLD.to_vec()),
        ("error half", Signal::ABORT, 0, OLD.to_vec()),
        ("filled", Signal::KILL, 1, OLD.to_vec()),
        ("put", Signal::KILL, 0, new()),
    ] {
        let (_home, folder) = home();
        let path = folder.join("file");
        write(&path, OLD).unwrap();
        let test =
            "check_49_whoever_dies_while_writing_leaves_old_or_new_and_the_next_one_cleans_up";
        let status = again(test, role, &folder).await;
        assert_eq!(status.signal(), Some(signal.as_raw()), "{role}");
        assert!(read(&path, 1_000_000).unwrap().unwrap() == content, "{role}: mixed");
        assert_eq!(others(&path).len(), left, "{role}: {:?}", others(&path));
        write(&path, b"newer").unwrap();
        assert_eq!(others(&path), Vec::<String>::new(), "{role}");
        assert_eq!(read(&path, 10), Ok(Some(b"newer".to_vec())));
    }
}

#[test]
fn check_49_a_failed_write_leaves_nothing_and_a_living_one_is_not_swept() {
    let (_home, folder) = home();
    let path = folder.join("file");
    let fresh = create(&path).unwrap();
    write(&path, OLD).unwrap();
    assert_eq!(others(&path).len(), 1);
    assert!(fresh.path().exists());
    drop(fresh);
    assert_eq!(others(&path), Vec::<String>::new());
    // A rename that fails: a folder has taken the place meanwhile.
    let mut fresh = create(&path).unwrap();
    replace::fill(&mut fresh, b"new").unwrap();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    put(fresh, &path).unwrap_err();
    assert_eq!(others(&path), Vec::<String>::new());
}
