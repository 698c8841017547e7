//! A file of lines that only grows, changed under its lock. A line counts once it is on the disk;
//! what a killed process or a full disk left of one is told apart by its missing end.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Lock, aside, beside, cannot, open, read, sync, write};
use crate::failure::Failure;

/// Some hundred thousand lines.
const LIMIT: u64 = 64 * 1024 * 1024;

/// A file of lines.
#[derive(Clone, Debug)]
pub struct Lines(PathBuf);

impl Lines {
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Waits for its lock at most so long; makes its folder.
    pub async fn lock(&self, limit: Duration) -> Result<Lock, Failure> {
        if let Some(folder) = self.0.parent().map(Path::to_owned) {
            aside(move || super::folder(&folder)).await?;
        }
        Lock::acquire(&beside(&self.0, "lock"), limit).await
    }

    /// All of it; nothing if there is no file.
    pub fn read(&self) -> Result<Vec<u8>, Failure> {
        Ok(read(&self.0, LIMIT)?.unwrap_or_default())
    }

    /// The last line, whole or torn; nothing if there is none.
    pub fn last(&self, _: &Lock) -> Result<Vec<u8>, Failure> {
        let Some(mut file) = open(&self.0, OpenOptions::new().read(true), "read")? else {
            return Ok(Vec::new());
        };
        last(&mut file).map_err(|error| cannot("read", &self.0, error.to_string()))
    }

    /// Puts the line at the end and onto the disk, or leaves nothing of it. A torn line before it
    /// is ended first and stays.
    pub fn append(&self, _: &Lock, line: &[u8]) -> Result<(), Failure> {
        let mut file = self.at_end()?;
        let failed = |error: io::Error| cannot("write", &self.0, error.to_string());
        let before = file.seek(SeekFrom::End(0)).map_err(failed)?;
        let begin: &[u8] = if is_torn(&mut file, before).map_err(failed)? { b"\n" } else { b"" };
        let written = file
            .write_all(&[begin, line, b"\n"].concat())
            .and_then(|()| file.sync_all())
            .and_then(|()| if before == 0 { sync(folder(&self.0)) } else { Ok(()) });
        written.map_err(|error| {
            // Half a line would only be in the way.
            file.set_len(before).and_then(|()| file.sync_all()).ok();
            failed(error)
        })
    }

    /// Whether a line could be put at the end, as far as that can be told without doing it.
    pub fn check(&self, _: &Lock) -> Result<(), Failure> {
        self.at_end().map(drop)
    }

    /// Takes a torn line away.
    pub fn mend(&self, _: &Lock) -> Result<(), Failure> {
        let bytes = self.read()?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole == bytes.len() {
            return Ok(());
        }
        let file = self.at_end()?;
        let cut = file.set_len(whole as u64).and_then(|()| file.sync_all());
        cut.map_err(|error| cannot("write", &self.0, error.to_string()))
    }

    /// Puts nothing into the place of all lines.
    pub fn clear(&self, _: &Lock) -> Result<(), Failure> {
        write(&self.0, b"")
    }

    fn at_end(&self) -> Result<File, Failure> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        let file = open(&self.0, &mut options, "write")?;
        file.ok_or_else(|| cannot("write", &self.0, "its folder does not exist"))
    }
}

fn is_torn(file: &mut File, length: u64) -> io::Result<bool> {
    if length == 0 {
        return Ok(false);
    }
    let mut end = [0];
    file.seek(SeekFrom::Start(length - 1))?;
    file.read_exact(&mut end)?;
    Ok(end != *b"\n")
}

/// Reads from the end, further back each time, until the line has its beginning.
fn last(file: &mut File) -> io::Result<Vec<u8>> {
    let length = file.seek(SeekFrom::End(0))?;
    let mut window = 4 * 1024;
    loop {
        let from = length.saturating_sub(window);
        file.seek(SeekFrom::Start(from))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        }
        match bytes.iter().rposition(|byte| *byte == b'\n') {
            Some(at) => return Ok(bytes.split_off(at + 1)),
            None if from == 0 => return Ok(bytes),
            None => window *= 4,
        }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new("/"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn some() -> (tempfile::TempDir, Lines, Lock) {
        let home = tempfile::tempdir().unwrap();
        let lines = Lines::new(home.path().join("state/lines"));
        let lock = lines.lock(Duration::from_secs(1)).await.unwrap();
        (home, lines, lock)
    }

    #[tokio::test]
    async fn lines_follow_each_other_and_the_last_is_found() {
        let (_home, lines, lock) = some().await;
        assert!(lines.last(&lock).unwrap().is_empty());
        let long = vec![b'x'; 100_000];
        for line in [b"one".as_slice(), &long, b"", b"two"] {
            lines.append(&lock, line).unwrap();
            assert_eq!(lines.last(&lock).unwrap(), line);
        }
        assert_eq!(lines.read().unwrap().len(), 4 + 100_001 + 1 + 4);
        lines.clear(&lock).unwrap();
        assert!(lines.read().unwrap().is_empty());
    }

    #[tokio::test]
    async fn a_torn_line_is_ended_or_taken_away() {
        let (_home, lines, lock) = some().await;
        lines.append(&lock, b"one").unwrap();
        let torn = || {
            let mut bytes = fs::read(lines.path()).unwrap();
            bytes.extend_from_slice(b"tor");
            write(lines.path(), &bytes).unwrap();
        };
        torn();
        assert_eq!(lines.last(&lock).unwrap(), b"tor");
        lines.append(&lock, b"two").unwrap();
        assert_eq!(lines.read().unwrap(), b"one\ntor\ntwo\n");
        torn();
        lines.mend(&lock).unwrap();
        lines.mend(&lock).unwrap();
        assert_eq!(lines.read().unwrap(), b"one\ntor\ntwo\n");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_line_that_does_not_fit_leaves_nothing() {
        use rustix::process::{Resource, Rlimit, setrlimit};

        const PLACE: &str = "AZPAT_TEST_PLACE";
        if let Some(place) = std::env::var_os(PLACE) {
            let lines = Lines::new(PathBuf::from(place).join("state/lines"));
            let lock = lines.lock(Duration::from_secs(1)).await.unwrap();
            lines.append(&lock, b"one").unwrap();
            setrlimit(Resource::Fsize, Rlimit { current: Some(10), maximum: None }).unwrap();
            let failure = lines.append(&lock, &[b'x'; 100]).unwrap_err();
            assert!(failure.why.contains("too large"), "{failure}");
            return;
        }
        let home = tempfile::tempdir().unwrap();
        // The limit holds for a whole process; exceeding it is an error where its signal is ignored.
        let test = "private::lines::tests::a_line_that_does_not_fit_leaves_nothing";
        let status = tokio::process::Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(PLACE, home.path())
            .stdout(std::process::Stdio::null())
            .status()
            .await
            .unwrap();
        assert!(status.success());
        assert_eq!(Lines::new(home.path().join("state/lines")).read().unwrap(), b"one\n");
    }
}
