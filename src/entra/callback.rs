//! The port on this computer to which the browser brings the answer of a sign-in. Only the one
//! right request ends the wait; all others are turned away and leave nothing behind.

#[cfg(test)]
mod tests;
mod visitor;

use std::{collections::VecDeque, io, net::SocketAddr, time::Duration};

use futures_util::{
    future::{AbortHandle, abortable},
    stream::{FuturesUnordered, StreamExt as _},
};
use oauth2::{AuthorizationCode, CsrfToken};
use tokio::{
    io::AsyncWriteExt as _,
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};

use super::{denial::Denial, page};
use visitor::Visitor;

/// How many visitors are listened to at once; the oldest leaves for a newer one, so that silent
/// ones cannot keep the right one out.
const VISITORS: usize = 64;

/// How long the browser may take to receive its page.
const FAREWELL: Duration = Duration::from_millis(500);

/// What the browser brought: a code, or why there is none.
pub(super) type Landing = Result<AuthorizationCode, Denial>;

/// An open port. Dropping it closes the port at once.
#[derive(Debug)]
pub(super) struct Callback {
    v4: TcpListener,
    /// Browsers may take `localhost` for either; a computer may have no IPv6.
    v6: Option<TcpListener>,
    port: u16,
}

impl Callback {
    /// Opens the same port on both loopback addresses.
    pub(super) async fn open() -> io::Result<Self> {
        let mut attempts = 0;
        loop {
            let v4 = TcpListener::bind(("127.0.0.1", 0)).await?;
            let port = v4.local_addr()?.port();
            let v6 = match TcpListener::bind(("::1", port)).await {
                Ok(listener) => Some(listener),
                // Somebody else would get the code of a browser that prefers IPv6.
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                    attempts += 1;
                    if attempts == 16 {
                        return Err(error);
                    }
                    continue;
                }
                Err(_no_ipv6) => None,
            };
            return Ok(Self { v4, v6, port });
        }
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the right request, answers it, and closes the port.
    pub(super) async fn wait(self, state: &CsrfToken, head: Duration) -> Landing {
        let visitor = Visitor { port: self.port, state, limit: head };
        let mut visits = FuturesUnordered::new();
        let mut order = VecDeque::new();
        let (stream, landing) = loop {
            tokio::select! {
                Some(visit) = visits.next(), if !visits.is_empty() => {
                    if let Ok(Some(landed)) = visit {
                        break landed;
                    }
                }
                accepted = self.accept() => match accepted {
                    Ok((stream, _)) => {
                        let (visit, handle) = abortable(visitor.receive(stream));
                        visits.push(visit);
                        make_room(&mut order, handle);
                    }
                    // Out of descriptors, most likely: it passes when visitors leave.
                    Err(_error) => sleep(Duration::from_millis(50)).await,
                },
            }
        };
        drop(visits);
        drop(self);
        let page = if landing.is_ok() { page::signed_in() } else { page::not_signed_in() };
        // The browser may be gone; the sign-in goes on without its page.
        timeout(FAREWELL, farewell(stream, &page)).await.ok();
        landing
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.v6 {
            Some(v6) => tokio::select! {
                accepted = self.v4.accept() => accepted,
                accepted = v6.accept() => accepted,
            },
            None => self.v4.accept().await,
        }
    }
}

fn make_room(order: &mut VecDeque<AbortHandle>, newest: AbortHandle) {
    order.push_back(newest);
    if order.len() > VISITORS
        && let Some(oldest) = order.pop_front()
    {
        oldest.abort();
    }
}

async fn farewell(mut stream: TcpStream, page: &[u8]) {
    if stream.write_all(page).await.is_ok() {
        stream.shutdown().await.ok();
    }
}
