//! A raw server that says exactly what it is told, byte for byte, and counts who comes.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use url::Url;

/// What happens after the bytes were sent.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    Close,
    Reset,
    Hold,
}

pub(crate) struct Server {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Server {
    pub(crate) async fn start(answer: impl Into<Vec<u8>>, then: Then) -> Self {
        let answer = answer.into();
        Self::answering(move |_| answer.clone(), then).await
    }

    #[cfg(target_os = "linux")]
    pub(crate) async fn at(address: SocketAddr, answer: Vec<u8>, then: Then) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        Self::on(listener, move |_| answer.clone(), then)
    }

    /// Answers by the number of the connection, which begins at 0.
    pub(crate) async fn answering(
        answer: impl Fn(usize) -> Vec<u8> + Send + 'static,
        then: Then,
    ) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").await.unwrap(), answer, then)
    }

    fn on(
        listener: TcpListener,
        answer: impl Fn(usize) -> Vec<u8> + Send + 'static,
        then: Then,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let connections = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&connections);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let number = count.fetch_add(1, Ordering::SeqCst);
                open.spawn(serve(stream, answer(number), then));
            }
        });
        Self { address, connections, _tasks: tasks }
    }

    /// An answer with a JSON body.
    pub(crate) async fn json(body: impl AsRef<[u8]>) -> Self {
        Self::start(json(body), Then::Close).await
    }

    pub(crate) fn url(&self) -> Url {
        format!("http://{}/", self.address).parse().unwrap()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, answer: Vec<u8>, then: Then) {
    let mut request = Vec::new();
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(0) | Err(_) => return,
            Ok(length) => request.extend_from_slice(&piece[..length]),
        }
    }
    if stream.write_all(&answer).await.is_err() {
        return;
    }
    match then {
        Then::Close => drop(stream.shutdown().await),
        Then::Reset => stream.set_zero_linger().unwrap(),
        // Until the client leaves.
        Then::Hold => drop(stream.read_to_end(&mut request).await),
    }
}

pub(crate) fn json(body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n\
         Content-Length: {}\r\nX-VSS-E2EID: 11111111-2222-3333-4444-555555555555\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}
