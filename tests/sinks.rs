//! What azpat wrote, as npm, pip, Maven, git, curl, twine and others read it: the programs themselves ask
//! a server on this computer, which notes as whom. Run it by name: `cargo test --test sinks`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a panic is how a test fails")]
#![expect(clippy::disallowed_types, reason = "a test waits for one program after the other")]

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex},
    thread,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tempfile::TempDir;

const SECRET: &str = "n3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cretN3wS3cr";

/// Wants basic authentication, and has nothing to give.
struct Server {
    port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let noted = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let head: Vec<_> =
                    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
                let basic = head.iter().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("authorization").then(|| value.to_owned())
                });
                let status = if let Some(basic) = basic {
                    noted.lock().unwrap().push(basic);
                    "404 Not Found"
                } else {
                    "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"tests\""
                };
                let answer =
                    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).ok();
            }
        });
        Self { port, seen }
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }

    /// Somebody came, and everybody as this user with the secret.
    #[track_caller]
    fn was_asked_by(&self, user: &str, said: &Output) {
        let seen = self.seen.lock().unwrap().split_off(0);
        let expected = format!("Basic {}", STANDARD.encode(format!("{user}:{SECRET}")));
        let is_right = !seen.is_empty() && seen.iter().all(|seen| *seen == expected);
        assert!(is_right, "{seen:?}\n{said:?}");
    }
}

struct Home(TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Any program, in this home.
    fn run(&self, program: &str, arguments: &[&str], input: &str) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).env_clear();
        for name in ["PATH", "JAVA_HOME", "PYENV_ROOT", "PYENV_VERSION"] {
            command.envs(env::var_os(name).map(|value| (name, value)));
        }
        let pyenv = Path::new(&env::var_os("HOME").unwrap()).join(".pyenv");
        if env::var_os("PYENV_ROOT").is_none() && pyenv.is_dir() {
            command.env("PYENV_ROOT", pyenv);
        }
        command.env("HOME", self.0.path()).env("AZPAT_ACCESS_TOKEN", "not-used");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn();
        let mut child = child.unwrap_or_else(|error| unreachable!("{program}: {error}"));
        child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
        child.wait_with_output().unwrap()
    }

    /// Delivers to the sink of this description.
    fn deliver(&self, sink: &str) -> Output {
        fs::write(self.path("config.json"), format!("{{\"sinks\": [{sink}]}}")).unwrap();
        let azpat = env!("CARGO_BIN_EXE_azpat");
        let arguments = ["--config", "config.json", "-o", "contoso", "deliver", "--yes"];
        self.run(azpat, &[&arguments[..], &["--sink", "it"]].concat(), SECRET)
    }

    #[track_caller]
    fn delivers(&self, sink: &str) {
        let output = self.deliver(sink);
        assert!(output.status.success(), "{output:?}");
    }
}

#[test]
fn npm_signs_in_with_what_was_written() {
    let (home, server) = (Home::new(), Server::start());
    fs::write(home.path(".npmrc"), "; mine\r\nfund=false\r\n").unwrap();
    let feed = server.url("contoso/_packaging/feed/npm/registry/");
    let ask = ["view", "some-package", "--registry", &feed, "--fetch-retries", "0"];
    home.delivers(&format!(r#"{{"name": "it", "kind": "npmrc", "registry": "{feed}"}}"#));
    let said = home.run("npm", &ask, "");
    server.was_asked_by("contoso", &said);
    // What is written for the whole organization holds for each of its feeds.
    fs::remove_file(home.path(".npmrc")).unwrap();
    let all = server.url("contoso/");
    home.delivers(&format!(r#"{{"name": "it", "kind": "npmrc", "registry": "{all}"}}"#));
    let said = home.run("npm", &ask, "");
    server.was_asked_by("contoso", &said);
}

#[test]
fn pip_signs_in_with_what_was_written() {
    let (home, server) = (Home::new(), Server::start());
    fs::create_dir_all(home.path(".config/pip")).unwrap();
    let old =
        "# mine\n[global]\ntimeout = 5\nretries = 0\nextra-index-url =\n    http://127.0.0.1:9/x\n";
    fs::write(home.path(".config/pip/pip.conf"), old).unwrap();
    let (feed, empty) = (server.url("contoso/_packaging/feed/pypi/simple/"), "http://127.0.0.1:9/");
    home.delivers(&format!(r#"{{"name": "it", "kind": "pip", "registry": "{feed}"}}"#));
    let ask = ["-m", "pip", "download", "--no-deps", "--index-url", empty, "some-package"];
    let said = home.run("python3", &ask, "");
    server.was_asked_by("contoso", &said);
}

#[test]
fn maven_signs_in_with_what_was_written() {
    let (home, server) = (Home::new(), Server::start());
    fs::create_dir(home.path(".m2")).unwrap();
    let old = "<?xml version=\"1.0\"?>\n<!-- mine -->\n<settings>\n  <offline>false</offline>\n</settings>\n";
    fs::write(home.path(".m2/settings.xml"), old).unwrap();
    let pom = format!(
        "<project><modelVersion>4.0.0</modelVersion><parent><groupId>a</groupId>\
         <artifactId>b</artifactId><version>1</version><relativePath/></parent>\
         <artifactId>c</artifactId><repositories><repository><id>feed</id><url>{}</url>\
         </repository></repositories></project>",
        server.url("contoso/_packaging/feed/maven/v1")
    );
    fs::write(home.path("pom.xml"), pom).unwrap();
    home.delivers(r#"{"name": "it", "kind": "maven", "key": "feed"}"#);
    let settings = home.path(".m2/settings.xml");
    let local = format!("-Dmaven.repo.local={}", home.path("repository").display());
    // Java asks the system for the home folder, not the environment.
    let ask = ["-B", "-s", settings.to_str().unwrap(), &local, "validate"];
    let said = home.run("mvn", &ask, "");
    server.was_asked_by("contoso", &said);
}

#[test]
fn git_and_curl_sign_in_with_what_was_written() {
    let (home, server) = (Home::new(), Server::start());
    fs::write(home.path(".netrc"), "# mine\ndefault login nobody password nothing\n").unwrap();
    home.delivers(r#"{"name": "it", "kind": "netrc", "host": "127.0.0.1"}"#);
    let said = home.run("curl", &["--silent", "--netrc", &server.url("x")], "");
    server.was_asked_by("contoso", &said);
    let said = home.run("git", &["ls-remote", &server.url("contoso/p/_git/r")], "");
    server.was_asked_by("contoso", &said);
    let script = "import netrc; print(*netrc.netrc().authenticators('127.0.0.1'))";
    let said = home.run("python3", &["-c", script], "");
    assert_eq!(said.stdout, format!("contoso  {SECRET}\n").into_bytes(), "{said:?}");
}

#[test]
fn git_gives_back_what_its_helper_keeps() {
    let home = Home::new();
    let sink = r#"{"name": "it", "kind": "git"}"#;
    let said = home.deliver(sink);
    assert_eq!(said.status.code(), Some(1), "{said:?}");
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(words.contains("no credential helper keeps it"), "{words}");
    assert!(!words.contains(SECRET));
    fs::write(home.path(".gitconfig"), "[credential]\n\thelper = store\n").unwrap();
    home.delivers(sink);
    let kept = fs::read_to_string(home.path(".git-credentials")).unwrap();
    assert_eq!(kept, format!("https://contoso:{SECRET}@dev.azure.com\n"));
    // A repository in the current folder has no say.
    let inside = home.path("inside");
    let config = home.path("config.json");
    home.run("git", &["init", "--quiet", "inside"], "");
    let evil = home.path("evil");
    let helper = format!("[credential]\n\thelper = \"!cat >>'{}'; :\"\n", evil.display());
    fs::write(inside.join(".git/config"), helper).unwrap();
    let script = "cd inside && exec \"$0\" \"$@\"";
    let azpat = env!("CARGO_BIN_EXE_azpat");
    let arguments = ["-c", script, azpat, "--config", config.to_str().unwrap(), "-o", "contoso"];
    let said =
        home.run("sh", &[&arguments[..], &["deliver", "--yes", "--sink", "it"]].concat(), SECRET);
    assert!(said.status.success() && !evil.exists(), "{said:?}");
}

#[test]
fn python_and_the_shell_read_what_was_written() {
    let home = Home::new();
    home.delivers(
        r#"{"name": "it", "kind": "pypirc", "key": "feed",
            "registry": "https://pkgs.dev.azure.com/contoso/_packaging/feed/pypi/upload/"}"#,
    );
    let script = "import configparser, os; c = configparser.RawConfigParser(); \
                  c.read(os.path.expanduser('~/.pypirc')); print(c['distutils']['index-servers'], \
                  c['feed']['username'], c['feed']['password'])";
    let said = home.run("python3", &["-c", script], "");
    assert_eq!(said.stdout, format!("feed contoso {SECRET}\n").into_bytes(), "{said:?}");
    let header = r#"{"name": "it", "kind": "env", "path": "e", "key": "H", "format": "header"}"#;
    home.delivers(header);
    let said = home.run("sh", &["-c", ". ./e; printf %s \"$H\""], "");
    let basic = STANDARD.encode(format!(":{SECRET}"));
    assert_eq!(said.stdout, format!("Authorization: Basic {basic}").into_bytes(), "{said:?}");
}

/// Where there is a twine.
#[test]
fn twine_signs_in_with_what_was_written() {
    if Command::new("twine").arg("--version").output().is_err() {
        return;
    }
    let (home, server) = (Home::new(), Server::start());
    let upload = server.url("contoso/_packaging/feed/pypi/upload/");
    home.delivers(&format!(
        r#"{{"name": "it", "kind": "pypirc", "key": "feed", "registry": "{upload}"}}"#
    ));
    let pack = "import io, tarfile; t = tarfile.open('a-1.tar.gz', 'w:gz'); \
                d = tarfile.TarInfo('a-1'); d.type = tarfile.DIRTYPE; t.addfile(d); \
                i = tarfile.TarInfo('a-1/PKG-INFO'); \
                b = b'Metadata-Version: 2.1\\nName: a\\nVersion: 1\\n'; \
                i.size = len(b); t.addfile(i, io.BytesIO(b)); t.close()";
    home.run("python3", &["-c", pack], "");
    let ask = ["upload", "--non-interactive", "--disable-progress-bar", "-r", "feed", "a-1.tar.gz"];
    let said = home.run("twine", &ask, "");
    server.was_asked_by("contoso", &said);
}

#[test]
fn nuget_reads_what_was_written() {
    let home = Home::new();
    let path = home.path(".nuget/NuGet/NuGet.Config");
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let sources = "<configuration><packageSources><add key=\"our feed\" value=\
         \"https://pkgs.dev.azure.com/contoso/_packaging/f/nuget/v3/index.json\" /></packageSources>\
         </configuration>";
    fs::write(&path, sources).unwrap();
    home.delivers(r#"{"name": "it", "kind": "nuget"}"#);
    let script = "import sys, xml.etree.ElementTree as e; \
                  c = e.parse(sys.argv[1]).find('packageSourceCredentials/our_x0020_feed'); \
                  print({a.get('key'): a.get('value') for a in c})";
    let said = home.run("python3", &["-c", script, path.to_str().unwrap()], "");
    let expected = format!("{{'Username': 'contoso', 'ClearTextPassword': '{SECRET}'}}\n");
    assert_eq!(said.stdout, expected.into_bytes(), "{said:?}");
    let is_there = Command::new("dotnet").arg("--version").output().is_ok();
    if is_there {
        let said = home.run("dotnet", &["nuget", "list", "source"], "");
        assert!(String::from_utf8_lossy(&said.stdout).contains("our feed"), "{said:?}");
    }
}
