//! The file itself: whether it may be replaced, and what is in it. A link is followed only to a
//! file in the home folder, and what cannot be kept byte for byte is refused.

use std::{
    fs::{self, File, Metadata},
    io::{self, ErrorKind, Read as _},
    path::{Path, PathBuf},
};

use secrecy::zeroize::Zeroizing;

use crate::{
    config::SinkSettings,
    failure::{Failure, FailureKind},
    sink::places::Places,
};

/// Far more than any of these files has.
const LIMIT: u64 = 4 * 1024 * 1024;

/// What some programs on Windows put before UTF-8.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What is there.
#[derive(Debug)]
pub(super) struct Target {
    places: Places,
    /// As it is named, for people.
    shown: String,
    /// As it is named.
    named: PathBuf,
    /// Where it really is.
    real: PathBuf,
    /// `None`: there is no file yet. It holds the secrets of others.
    old: Option<Zeroizing<String>>,
    /// Its mode, where it is open to others.
    open_to_others: Option<u32>,
}

impl Target {
    pub(super) fn find(sink: &SinkSettings, places: &Places) -> Result<Self, Failure> {
        let named = places.file(sink).ok_or_else(|| {
            let attempt = format!("deliver the secret to {}", sink.name);
            Failure::new(FailureKind::Usage, attempt, "your home folder is not known")
                .hint("set `path` of the sink to a whole path")
        })?;
        let shown = places.shown(&named);
        let cannot = |(why, cure): (String, &str)| {
            let failure = Failure::new(FailureKind::Usage, format!("change {shown}"), why);
            if cure.is_empty() { failure } else { failure.hint(cure) }
        };
        let real = resolve(&named, places).map_err(&cannot)?;
        let (old, open_to_others) = match fs::symlink_metadata(&real) {
            Err(error) if error.kind() == ErrorKind::NotFound => (None, None),
            Err(error) => return Err(cannot((error.to_string(), ""))),
            Ok(metadata) => {
                check(&metadata).map_err(&cannot)?;
                (Some(read(&real).map_err(&cannot)?), open_mode(&metadata))
            }
        };
        Ok(Self { places: places.clone(), shown, named, real, old, open_to_others })
    }

    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    /// Where it really is.
    pub(super) fn path(&self) -> &Path {
        &self.real
    }

    /// Its text without a byte order mark.
    pub(super) fn text(&self) -> &str {
        let text = self.old.as_ref().map(|old| old.as_str()).unwrap_or_default();
        text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
    }

    /// Its byte order mark, if it has one.
    pub(super) fn mark(&self) -> &[u8] {
        let has_mark = self.old.as_ref().is_some_and(|old| old.starts_with(BYTE_ORDER_MARK));
        if has_mark { BYTE_ORDER_MARK.as_bytes() } else { &[] }
    }

    /// Where it is kept as it was, and the bytes.
    pub(super) fn backup(&self) -> Option<(PathBuf, &[u8])> {
        let old = self.old.as_ref()?;
        let mut name = self.real.file_name()?.to_owned();
        name.push(".azpat.bak");
        Some((self.real.with_file_name(name), old.as_bytes()))
    }

    /// Whether it still is what was looked at.
    pub(super) fn check_current(&self) -> Result<(), Failure> {
        let changed =
            |why: String| self.cannot("change", FailureKind::Usage, why).hint("try again");
        let real = resolve(&self.named, &self.places).map_err(|(why, _)| changed(why))?;
        let now = match fs::symlink_metadata(&real) {
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(changed(error.to_string())),
            Ok(metadata) => {
                check(&metadata).map_err(|(why, _)| changed(why))?;
                Some(read(&real).map_err(|(why, _)| changed(why))?)
            }
        };
        if real == self.real && now == self.old {
            return Ok(());
        }
        Err(changed("somebody else has changed it meanwhile".to_owned()))
    }

    /// Whether others could read it, before it is replaced or after.
    pub(super) fn openness(&self, is_replaced: bool) -> Option<String> {
        let mode = self.open_to_others?;
        let (is, then) = if is_replaced { ("was", "is") } else { ("is", "will be") };
        let shown = &self.shown;
        Some(format!("{shown} {is} open to other users (mode {mode:04o}); it {then} yours alone"))
    }

    pub(super) fn cannot(&self, verb: &str, kind: FailureKind, why: impl Into<String>) -> Failure {
        Failure::new(kind, format!("{verb} {}", self.shown), why)
    }
}

/// Why not, and what helps.
type Refusal = (String, &'static str);

fn refused(error: &io::Error) -> Refusal {
    (error.to_string(), "")
}

/// Where a name leads to. The file need not be there, but a link must not lead out of the home
/// folder.
fn resolve(named: &Path, places: &Places) -> Result<PathBuf, Refusal> {
    let home = places.home.as_ref().and_then(|home| home.canonicalize().ok());
    let is_in_home = |path: &Path| home.as_ref().is_some_and(|home| path.starts_with(home));
    let leads_out = || {
        let why = "it is reached by a link that leads out of your home folder".to_owned();
        Err((why, "name the file itself in `path` of the sink, or remove the link"))
    };
    let is_link = fs::symlink_metadata(named).is_ok_and(|metadata| metadata.is_symlink());
    if is_link {
        let real = named
            .canonicalize()
            .map_err(|error| (format!("the link leads to nothing ({error})"), "remove the link"))?;
        return if is_in_home(&real) { Ok(real) } else { leads_out() };
    }
    let Some((folder, name)) = named.parent().zip(named.file_name()) else {
        return Err(("it is no file".to_owned(), ""));
    };
    // Folders that are missing are made, so only those that are there can be links.
    let mut missing = Vec::new();
    let mut there = folder;
    let mut real = loop {
        match there.canonicalize() {
            Ok(real) => break real,
            Err(error) if error.kind() == ErrorKind::NotFound && !there.is_symlink() => {
                let Some((above, name)) = there.parent().zip(there.file_name()) else {
                    return Err(refused(&error));
                };
                missing.push(name);
                there = above;
            }
            Err(error) => return Err(refused(&error)),
        }
    };
    let is_meant_in_home = places.home.as_ref().is_some_and(|home| named.starts_with(home));
    if is_meant_in_home && !is_in_home(&real) {
        return leads_out();
    }
    real.extend(missing.into_iter().rev());
    Ok(real.join(name))
}

/// An ordinary file of the user, of one name, that may be changed.
fn check(metadata: &Metadata) -> Result<(), Refusal> {
    if !metadata.is_file() {
        return Err(("it is no ordinary file".to_owned(), "move it away"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        if metadata.uid() != rustix::process::geteuid().as_raw() {
            return Err(("it belongs to another user".to_owned(), "make a copy of your own"));
        }
        if metadata.nlink() > 1 {
            let why =
                "it has a second name elsewhere (a hard link), which would keep what is in it";
            return Err((why.to_owned(), "replace it by a copy"));
        }
        if metadata.mode() & 0o200 == 0 {
            return Err(("it is read-only".to_owned(), "run `chmod u+w` on it"));
        }
    }
    #[cfg(not(unix))]
    if metadata.permissions().readonly() {
        return Err(("it is read-only".to_owned(), "allow it to be changed"));
    }
    Ok(())
}

#[cfg(unix)]
fn open_mode(metadata: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    let mode = metadata.mode() & 0o7777;
    (mode & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
fn open_mode(_: &Metadata) -> Option<u32> {
    None
}

fn read(path: &Path) -> Result<Zeroizing<String>, Refusal> {
    let file = File::open(path).map_err(|error| refused(&error))?;
    let mut bytes = Zeroizing::new(Vec::new());
    file.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
    if bytes.len() as u64 > LIMIT {
        return Err((format!("it is larger than {LIMIT} bytes"), "move it away"));
    }
    let save = "save it as UTF-8";
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(("it is UTF-16".to_owned(), save));
    }
    if bytes.contains(&0) {
        return Err(("it is no text, since it has a zero byte in it".to_owned(), save));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(error) => {
            let before = bytes.iter().take(error.valid_up_to());
            let line = 1 + before.filter(|byte| **byte == b'\n').count();
            Err((format!("line {line} is not UTF-8"), save))
        }
    }
}
