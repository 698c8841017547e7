//! Connections that are never made, or die without a word. A listener whose queue is full is a
//! black hole: its computer is there, and yet nothing comes back.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use azpat::{
    azure::{Client, Limits},
    failure::FailureKind,
    operations::revoke::revoke,
    pat::Pat,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
    time::timeout,
};

use super::{
    rig::{Rig, client, limits},
    server::{Server, Then, json},
};

/// Serves as an answer to all that is asked here.
const BODY: &str = "{\"id\":\"x\",\"patTokens\":[]}";

/// An address at which no connection ever comes about, as long as this lives.
struct BlackHole {
    address: SocketAddr,
    _listener: TcpListener,
    _queue: Vec<TcpStream>,
}

impl BlackHole {
    /// `None`: the port is taken, or this computer has no such addresses.
    async fn at(address: SocketAddr) -> Option<Self> {
        let socket = match address.ip() {
            IpAddr::V4(_) => TcpSocket::new_v4(),
            IpAddr::V6(_) => TcpSocket::new_v6(),
        };
        let socket = socket.ok()?;
        socket.bind(address).ok()?;
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut queue = Vec::new();
        while let Ok(stream) =
            timeout(Duration::from_millis(100), TcpStream::connect(address)).await
        {
            queue.push(stream.unwrap());
        }
        Some(Self { address, _listener: listener, _queue: queue })
    }
}

fn hasty() -> Limits {
    Limits { connect: Duration::from_millis(200), answer: Duration::from_millis(1_500), ..limits() }
}

fn at(address: impl std::fmt::Display, limits: Limits) -> Client {
    client(&format!("http://{address}/").parse().unwrap(), "token", limits).0
}

async fn some_token() -> Pat {
    Rig::start(30).await.some_active().await
}

#[tokio::test]
async fn a_connection_that_never_comes_about_is_given_up_in_time() {
    let hole = BlackHole::at((Ipv4Addr::LOCALHOST, 0).into()).await.unwrap();
    let client = at(hole.address, hasty());
    let account = timeout(Duration::from_secs(3), client.account(None)).await.unwrap();
    let pat = some_token().await;
    // Nothing was sent, so there is nothing to look for afterwards, and nothing in doubt.
    let revocation = timeout(Duration::from_secs(3), revoke(&client, &pat)).await.unwrap();
    for failure in [account.unwrap_err(), revocation.unwrap_err()] {
        assert_eq!(failure.kind, FailureKind::Network, "{failure}");
        assert_eq!(failure.why, format!("no connection to {} within 0.2 s", hole.address));
    }
}

/// A connection is one with TLS, so a server that never says hello is no better.
#[tokio::test]
async fn silence_in_the_handshake_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let client = client(&format!("https://{address}/").parse().unwrap(), "token", hasty()).0;
    let failure = timeout(Duration::from_secs(5), client.account(None)).await.unwrap().unwrap_err();
    assert_eq!(failure.why, format!("no connection to {address} within 0.2 s"));
}

/// `localhost` has two addresses; one that swallows everything must not matter.
#[tokio::test]
async fn a_name_with_a_dead_address_is_reached_at_the_other() {
    let (v4, v6) = (IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST));
    if TcpListener::bind((v6, 0)).await.is_err() {
        // This computer has IPv4 only; there is no second address.
        return;
    }
    for (dead, alive) in [(v4, v6), (v6, v4)] {
        // A port that happens to be taken at the other address is given up for another.
        let (hole, server) = loop {
            let server = Server::at((alive, 0).into(), json(BODY), Then::Close).await;
            let port = server.url().port().unwrap();
            if let Some(hole) = BlackHole::at((dead, port).into()).await {
                break (hole, server);
            }
        };
        let limits = Limits { connect: Duration::from_secs(2), ..hasty() };
        let client = at(format!("localhost:{}", hole.address.port()), limits);
        let account = timeout(Duration::from_secs(2), client.account(None)).await.unwrap();
        assert_eq!(account.unwrap().id, "x", "{dead} is dead");
        assert_eq!(server.connections(), 1);
    }
}

/// A server that answers one request and then is deaf on its first connection, and well on all
/// others. What a suspended laptop finds of its connections.
struct HalfOpen {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    writes: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl HalfOpen {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let [connections, writes] = [(); 2].map(|()| Arc::<AtomicUsize>::default());
        let counts = (Arc::clone(&connections), Arc::clone(&writes));
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let is_first = counts.0.fetch_add(1, Ordering::SeqCst) == 0;
                open.spawn(answer(stream, is_first, Arc::clone(&counts.1)));
            }
        });
        Self { address, connections, writes, _tasks: tasks }
    }
}

async fn answer(mut stream: TcpStream, only_once: bool, writes: Arc<AtomicUsize>) {
    let mut some = [0; 4096];
    let mut is_deaf = false;
    // The requests here are small and come one at a time.
    while let Ok(length @ 1..) = stream.read(&mut some).await {
        if some[..length].starts_with(b"DELETE") {
            writes.fetch_add(1, Ordering::SeqCst);
        }
        if !is_deaf {
            stream.write_all(&json(BODY)).await.unwrap();
            is_deaf = only_once;
        }
    }
}

#[tokio::test]
async fn a_connection_that_died_unseen_is_replaced() {
    let server = HalfOpen::start().await;
    let client = at(server.address, Limits { answer: Duration::from_millis(300), ..limits() });
    for connections in [1, 2, 2] {
        client.account(None).await.unwrap();
        assert_eq!(server.connections.load(Ordering::SeqCst), connections);
    }
}

/// A write is never sent again; what became of it is looked up on a new connection.
#[tokio::test]
async fn a_write_on_a_dead_connection_is_sent_once() {
    let server = HalfOpen::start().await;
    let client = at(server.address, Limits { answer: Duration::from_millis(300), ..limits() });
    client.account(None).await.unwrap();
    let failure = revoke(&client, &some_token().await).await.unwrap_err();
    assert_eq!(failure.kind, FailureKind::Unconfirmed, "{failure}");
    let counts = [&server.writes, &server.connections].map(|count| count.load(Ordering::SeqCst));
    assert_eq!(counts, [1, 2]);
}
