//! The program against servers with real certificates, good and bad. A bad one is refused before
//! a byte of the request is on its way, in words that say which kind of bad it is.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use azpat::sign_in::VARIABLE;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    process::Command,
    task::JoinSet,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer},
    },
};

use super::{
    environment::{SERVICE, run},
    server::json,
};

/// Serves as an answer to all that `azpat list` asks.
const BODY: &str = "{\"id\":\"x\",\"value\":[],\"patTokens\":[]}";

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate for a name, valid from and to the beginnings of these years.
fn params(name: &str, from: i32, to: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 2, 1));
    params
}

/// A server that shows a certificate and counts what it learns.
struct Server {
    port: u16,
    connections: Arc<AtomicUsize>,
    /// Bytes that it could decrypt.
    learned: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    async fn start(params: &CertificateParams, issuer: Option<&Issuer>) -> Self {
        let key = KeyPair::generate().unwrap();
        let certificate = match issuer {
            Some(issuer) => params.signed_by(&key, issuer),
            None => params.self_signed(&key),
        };
        let chain = vec![CertificateDer::from(certificate.unwrap().der().to_vec())];
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let [connections, learned] = [(); 2].map(|()| Arc::<AtomicUsize>::default());
        let counts = (Arc::clone(&connections), Arc::clone(&learned));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                counts.0.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(acceptor.clone(), stream, Arc::clone(&counts.1)));
            }
        });
        Self { port, connections, learned, _tasks: tasks }
    }

    /// `azpat list` against it, with these variables: exit code and what it says.
    async fn list(&self, variables: &BTreeMap<&str, &Path>) -> (i32, String) {
        let home = tempfile::tempdir().unwrap();
        let url = format!("https://127.0.0.1:{}/", self.port);
        let output = Command::new(env!("CARGO_BIN_EXE_azpat"))
            .args(["list", "--organization", "contoso"])
            .env_clear()
            .env("HOME", home.path())
            .env("AZPAT_ACCESS_TOKEN", "bearer-of-the-test")
            .env("AZPAT_SERVICE_URL", &url)
            .env("AZPAT_PROFILE_URL", &url)
            .envs(variables)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.code().unwrap(), String::from_utf8(said).unwrap())
    }
}

async fn serve(acceptor: TlsAcceptor, stream: TcpStream, learned: Arc<AtomicUsize>) {
    let Ok(mut stream) = acceptor.accept(stream).await else { return };
    let mut some = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut some).await {
        learned.fetch_add(length, Ordering::SeqCst);
        if some[..length].ends_with(b"\r\n\r\n") {
            stream.write_all(&json(BODY)).await.unwrap();
        }
    }
}

/// A file with the CA that the client trusts.
fn trusted(folder: &Path, issuer: &Issuer) -> std::path::PathBuf {
    let file = folder.join("ca.pem");
    fs::write(&file, issuer.pem()).unwrap();
    file
}

#[tokio::test]
async fn bad_certificates_are_refused_before_a_byte_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, other, double) = (authority("ours"), authority("other"), authority("ours"));
    let file = trusted(folder.path(), &ours);
    let (here, far) = ("127.0.0.1", "elsewhere.example");
    let mut self_made = params(here, 2020, 2090);
    self_made.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let untrusted = "comes from an authority that this computer does not trust";
    for (params, issuer, words, next) in [
        (
            params(here, 2020, 2025),
            Some(&ours),
            "has expired: it ended Sat 01 Feb 2025, this computer's date is ",
            "set the date of this computer",
        ),
        (
            params(here, 2085, 2090),
            Some(&ours),
            "is not valid yet: it begins Mon 01 Jan 2085, this computer's date is ",
            "set the date of this computer",
        ),
        (params(far, 2020, 2090), Some(&ours), " is for another name", "check the network"),
        (params(here, 2020, 2090), Some(&other), untrusted, "SSL_CERT_FILE"),
        (params(here, 2020, 2090), Some(&double), untrusted, "SSL_CERT_FILE"),
        (params(here, 2020, 2090), None, untrusted, "SSL_CERT_FILE"),
        (self_made, None, "is signed by itself, not by an authority", "SSL_CERT_FILE"),
    ] {
        let server = Server::start(&params, issuer).await;
        let (code, said) = server.list(&BTreeMap::from([("SSL_CERT_FILE", &*file)])).await;
        assert!(said.contains(words) && said.contains(next), "{words}: {said}");
        assert!(said.contains(&format!("127.0.0.1:{}", server.port)), "{said}");
        assert_ne!(code, 0, "{said}");
        assert!(server.connections.load(Ordering::SeqCst) > 0, "{said}");
        assert_eq!(server.learned.load(Ordering::SeqCst), 0, "{said}");
    }
}

#[tokio::test]
async fn the_ca_of_ssl_cert_file_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let ours = authority("ours");
    let file = trusted(folder.path(), &ours);
    let server = Server::start(&params("127.0.0.1", 2020, 2090), Some(&ours)).await;
    let (code, said) = server.list(&BTreeMap::from([("SSL_CERT_FILE", &*file)])).await;
    assert_eq!(code, 0, "{said}");
    assert!(server.learned.load(Ordering::SeqCst) > 0, "{said}");
    // The same certificate is worth nothing without it.
    let other = trusted(folder.path(), &authority("other"));
    let before = server.learned.load(Ordering::SeqCst);
    let (code, said) = server.list(&BTreeMap::from([("SSL_CERT_FILE", &*other)])).await;
    assert_ne!(code, 0, "{said}");
    assert_eq!(server.learned.load(Ordering::SeqCst), before, "{said}");
}

/// The screen can say that others than the system's authorities are trusted; plain connections
/// have none.
#[tokio::test]
async fn a_ca_of_the_users_choice_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ours = authority("ours");
    let file = trusted(folder.path(), &ours);
    let file = ("SSL_CERT_FILE", file.to_str().unwrap());
    let token = (VARIABLE, "bearer-of-the-test");
    let server = Server::start(&params("127.0.0.1", 2020, 2090), Some(&ours)).await;
    let url = format!("https://127.0.0.1:{}/", server.port);
    run("connect with a CA", &[file, token, (SERVICE, &url)]).await;
    let plain = super::server::Server::json(BODY).await;
    run("connect", &[file, token, (SERVICE, plain.url().as_str())]).await;
}

#[tokio::test]
async fn a_ca_file_that_cannot_be_used_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&params("127.0.0.1", 2020, 2090), Some(&authority("other"))).await;
    let missing = folder.path().join("missing.pem");
    let (code, said) = server.list(&BTreeMap::from([("SSL_CERT_FILE", &*missing)])).await;
    assert_ne!(code, 0, "{said}");
    assert!(
        said.contains("certificates cannot be used") && said.contains("SSL_CERT_FILE"),
        "{said}"
    );
    assert_eq!(server.connections.load(Ordering::SeqCst), 0, "{said}");
}
