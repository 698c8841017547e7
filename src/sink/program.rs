//! Running another program with a secret: on its standard input and nowhere else. No shell, no
//! secrets of others in its environment, an end after some time, and what it says is masked.

use std::{
    env,
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::zeroize::Zeroizing;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    process::{Child, Command},
    time::timeout,
};

use crate::{programs, secret::PatSecret, text};

/// More than this is read from no program.
const MOST_OUTPUT: u64 = 64 * 1024;

/// How long its output is waited for after it has ended: what it left running may hold it open.
const GRACE: Duration = Duration::from_millis(500);

/// How long a program may take, unless the user says otherwise.
const LIMIT: Duration = Duration::from_mins(1);

/// A program that was found, with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    path: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
    variables: Vec<(&'static str, &'static str)>,
    limit: Duration,
}

/// What came of it. The output may hold the secret.
pub(super) struct Ran {
    pub(super) output: Zeroizing<Vec<u8>>,
}

impl Program {
    /// Looks in the folders of `PATH`, the whole ones only: whoever controls the current folder
    /// must not be run.
    pub(super) fn find(words: &[String], folder: Option<&Path>) -> Result<Self, String> {
        let (name, arguments) = words.split_first().ok_or("no program is named")?;
        let shown = text::cut(name, 60);
        let path = if Path::new(name).is_absolute() {
            Some(PathBuf::from(name)).filter(|path| programs::is_program(path))
        } else if name.contains(['/', '\\']) {
            return Err(format!("{shown} is neither a whole path nor a name to look for in PATH"));
        } else {
            programs::find(name, &env::var_os("PATH").unwrap_or_default())
        };
        Ok(Self {
            path: path.ok_or_else(|| format!("there is no program {shown}"))?,
            arguments: arguments.to_vec(),
            folder: folder.map_or_else(|| PathBuf::from("/"), Path::to_owned),
            variables: Vec::new(),
            limit: LIMIT,
        })
    }

    pub(super) fn limit(self, limit: Option<Duration>) -> Self {
        Self { limit: limit.unwrap_or(self.limit), ..self }
    }

    pub(super) fn variables(self, variables: &[(&'static str, &'static str)]) -> Self {
        Self { variables: variables.to_vec(), ..self }
    }

    /// The command for people.
    pub(super) fn shown(&self) -> String {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let words = std::iter::once(name.as_ref()).chain(self.arguments.iter().map(String::as_str));
        text::cut(&words.collect::<Vec<_>>().join(" "), 120)
    }

    /// Runs it with this on its standard input. The error says why it did not work, in words that
    /// hold nothing of the secret.
    pub(super) async fn run(&self, input: &[u8], secret: &PatSecret) -> Result<Ran, String> {
        let mut command = Command::new(&self.path);
        command.args(&self.arguments).current_dir(&self.folder).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        env::vars_os().map(|(name, _)| name).filter(|name| is_secret(name)).for_each(|name| {
            command.env_remove(name);
        });
        command.envs(self.variables.iter().copied());
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| format!("it cannot be run: {error}"))?;
        let mut group = Group(child.id());
        let (mut output, mut errors) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
        let ran = talk(&mut child, input, (&mut output, &mut errors));
        let status = timeout(self.limit, ran).await.map_err(|_elapsed| {
            format!("it has not ended within {} s, so it was stopped", self.limit.as_secs())
        })?;
        group.0 = None;
        let status = status.map_err(|error| format!("it cannot be waited for: {error}"))?;
        if status.success() {
            return Ok(Ran { output });
        }
        let said = masked(&String::from_utf8_lossy(&errors), secret);
        let how = status.code().map_or_else(
            || "was ended by a signal".to_owned(),
            |code| format!("ended with code {code}"),
        );
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = text::cut(&said, 200);
        Err(if said.is_empty() { format!("it {how}") } else { format!("it {how}: {said}") })
    }
}

/// Stops the program with all that it has started, unless it has ended by itself.
struct Group(Option<u32>);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.0
            && let Some(id) = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw)
        {
            // It may have ended in this moment.
            rustix::process::kill_process_group(id, rustix::process::Signal::KILL).ok();
        }
        // There only the program itself is stopped, by its own handle.
        #[cfg(not(unix))]
        let _ = self.0;
    }
}

async fn talk(
    child: &mut Child,
    input: &[u8],
    (output, errors): (&mut Vec<u8>, &mut Vec<u8>),
) -> std::io::Result<ExitStatus> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let feed = async {
        if let Some(mut stdin) = stdin {
            // Who does not want to read to the end need not.
            stdin.write_all(input).await.ok();
            stdin.shutdown().await.ok();
        }
    };
    let drains = async { tokio::join!(drain(stdout, output), drain(stderr, errors)) };
    tokio::pin!(drains);
    let end = async { tokio::join!(feed, child.wait()).1 };
    tokio::pin!(end);
    let mut is_drained = false;
    loop {
        tokio::select! {
            status = &mut end => {
                if !is_drained {
                    timeout(GRACE, &mut drains).await.ok();
                }
                return status;
            }
            _ = &mut drains, if !is_drained => is_drained = true,
        }
    }
}

/// Reads to the end and keeps the beginning: a program must not wait for somebody who has read
/// enough.
async fn drain(pipe: Option<impl AsyncRead + Unpin>, into: &mut Vec<u8>) {
    let Some(mut pipe) = pipe else { return };
    // As large as it can become, since growing would leave copies behind.
    into.reserve_exact(usize::try_from(MOST_OUTPUT).unwrap_or_default());
    (&mut pipe).take(MOST_OUTPUT).read_to_end(into).await.ok();
    tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await.ok();
}

/// So many letters of a secret in one piece are not shown.
const PIECE: usize = 8;

/// What a program says, without any piece of the secret, as it is or in Base64 with whatever was
/// before it.
fn masked(said: &str, secret: &PatSecret) -> String {
    let encoded = (0..3).map(|before| {
        let whole = Zeroizing::new(format!("{}{}", "x".repeat(before), secret.expose()));
        Zeroizing::new(STANDARD_NO_PAD.encode(whole.as_bytes()))
    });
    let forms: Vec<_> = encoded.chain([Zeroizing::new(secret.expose().to_owned())]).collect();
    let is_piece = |piece: &[u8]| {
        forms.iter().any(|form| form.as_bytes().windows(PIECE).any(|known| known == piece))
    };
    let mut hidden = vec![false; said.len()];
    for (at, piece) in said.as_bytes().windows(PIECE).enumerate() {
        if is_piece(piece) {
            hidden.iter_mut().skip(at).take(PIECE).for_each(|hidden| *hidden = true);
        }
    }
    let (mut shown, mut is_inside) = (String::new(), false);
    for (at, letter) in said.char_indices() {
        let is_hidden = hidden.get(at) == Some(&true);
        match (is_hidden, is_inside) {
            (true, false) => shown.push_str("***"),
            (true, true) => {}
            (false, _) => shown.push(letter),
        }
        is_inside = is_hidden;
    }
    shown
}

/// Whether a variable is, by its name, a secret that is none of the program's business.
fn is_secret(name: &OsStr) -> bool {
    let name = name.to_string_lossy().to_ascii_uppercase();
    ["AZURE_", "AZPAT_"].iter().any(|start| name.starts_with(start))
        || ["_TOKEN", "_PAT", "_PASSWORD", "_SECRET"].iter().any(|end| name.ends_with(end))
        || name == "SYSTEM_ACCESSTOKEN"
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    const SECRET: &str = "n3wS3cretN3wS3cret";

    fn program(script: &str) -> Program {
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        Program::find(&words, None).unwrap()
    }

    async fn run(script: &str) -> Result<Ran, String> {
        let limit = Some(Duration::from_millis(800));
        program(script).limit(limit).run(SECRET.as_bytes(), &PatSecret::new(SECRET)).await
    }

    #[tokio::test]
    async fn check_58_the_secret_is_on_standard_input_and_nowhere_else() {
        let script = "cat; echo; tr '\\0' '\\n' </proc/self/cmdline; env";
        let ran = program(script).run(SECRET.as_bytes(), &PatSecret::new(SECRET)).await.unwrap();
        let output = String::from_utf8_lossy(&ran.output);
        let (first, rest) = output.split_once('\n').unwrap();
        assert_eq!(first, SECRET);
        assert!(!rest.contains(SECRET), "{rest}");
    }

    #[tokio::test]
    async fn check_58_what_it_says_is_masked_and_made_visible() {
        let script = "s=$(cat); printf '\\033[31m%s %s %s %s' $s \
                      $(printf %s $s | base64 -w0) $(printf :%s $s | base64 -w0) end >&2; exit 3";
        let why = run(script).await.err().unwrap();
        assert_eq!(why, "it ended with code 3: ‹U+001B›[31m*** *** Om***== end");
        let why = run("s=$(cat); echo ${s#????} $(printf user:%s $s | base64) x >&2; false").await;
        let why = why.err().unwrap();
        let is_clean = !why.contains("cretN3wS") && why.starts_with("it ended with code 1: *** ");
        assert!(is_clean && why.ends_with(" x"), "{why}");
        assert_eq!(run("kill -9 $$").await.err().unwrap(), "it was ended by a signal");
    }

    #[tokio::test]
    async fn one_that_does_not_end_is_stopped_with_its_children() {
        let folder = tempfile::tempdir().unwrap();
        let alive = folder.path().join("alive");
        let script =
            format!("sleep 60 & echo $! > '{0}.new'; mv '{0}.new' '{0}'; wait", alive.display());
        let why = run(&script).await.err().unwrap();
        assert!(why.starts_with("it has not ended within"), "{why}");
        let id = std::fs::read_to_string(alive).unwrap();
        let stat = format!("/proc/{}/stat", id.trim());
        // Killed at once; who inherits it may not have looked yet.
        let is_gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        let gone = async {
            while !is_gone() {
                tokio::task::yield_now().await;
            }
        };
        timeout(Duration::from_secs(5), gone).await.unwrap();
    }

    #[tokio::test]
    async fn what_it_leaves_running_is_not_waited_for() {
        let limit = Some(Duration::from_secs(20));
        let program = program("sleep 30 & echo started").limit(limit);
        let secret = PatSecret::new(SECRET);
        let ran = timeout(Duration::from_secs(10), program.run(b"", &secret)).await;
        assert_eq!(*ran.unwrap().unwrap().output, *b"started\n");
    }

    #[tokio::test]
    async fn much_output_does_not_stop_it() {
        let ran = run("head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2").await.unwrap();
        assert_eq!(ran.output.len() as u64, MOST_OUTPUT);
    }

    #[test]
    fn check_58_secrets_of_others_do_not_go_along() {
        for name in [
            "GITHUB_TOKEN",
            "AZURE_CLIENT_SECRET",
            "azure_x",
            "SYSTEM_ACCESSTOKEN",
            "AZPAT_ACCESS_TOKEN",
            "AZURE_DEVOPS_EXT_PAT",
            "NPM_PASSWORD",
        ] {
            assert!(is_secret(OsStr::new(name)), "{name}");
        }
        for name in ["PATH", "HOME", "TOKENS", "GIT_ASKPASS"] {
            assert!(!is_secret(OsStr::new(name)), "{name}");
        }
    }

    #[test]
    fn programs_are_found_outside_of_the_current_folder_only() {
        let find = |word: &str| Program::find(&[word.to_owned()], None);
        assert!(find("sh").unwrap().path.is_absolute());
        for word in ["./sh", "bin/sh", "/bin/no-such-program", "no-such-program", "/bin"] {
            assert!(find(word).is_err(), "{word}");
        }
        assert_eq!(programs::find("sh", OsStr::new(".:bin:")), None);
    }
}
