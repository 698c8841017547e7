//! The clipboard of this computer's desktop. One thread keeps it open as long as azpat runs: on X11
//! and Wayland what was copied lives no longer than whoever offers it. Secrets are marked for
//! clipboard histories to leave out, and cleared only if nothing else was copied since.

use std::{
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

#[cfg(target_os = "macos")]
use arboard::SetExtApple as _;
#[cfg(all(unix, not(target_os = "macos")))]
use arboard::SetExtLinux as _;
#[cfg(windows)]
use arboard::SetExtWindows as _;
use sha2::{Digest as _, Sha256};
use tokio::{sync::oneshot, time::timeout};

use crate::secret::PatSecret;

/// A display that does not answer must not hold anything up.
const PATIENCE: Duration = Duration::from_secs(3);

/// What its thread is asked for.
enum Order {
    Text(String),
    Secret(PatSecret),
    Clear,
}

type Asked = (Order, oneshot::Sender<Result<(), String>>);

/// The way to its thread, which is started when it is first needed.
#[derive(Default)]
pub struct SystemClipboard(Mutex<Option<mpsc::Sender<Asked>>>);

impl std::fmt::Debug for SystemClipboard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SystemClipboard")
    }
}

impl SystemClipboard {
    /// Copies a text.
    pub async fn put(&self, text: String) -> Result<(), String> {
        self.ask(Order::Text(text)).await
    }

    /// Copies a secret, which [`Self::clear`] takes away again.
    pub async fn put_secret(&self, secret: PatSecret) -> Result<(), String> {
        self.ask(Order::Secret(secret)).await
    }

    /// Clears it if it still holds the secret.
    pub async fn clear(&self) -> Result<(), String> {
        self.ask(Order::Clear).await
    }

    async fn ask(&self, order: Order) -> Result<(), String> {
        let (tell, told) = oneshot::channel();
        self.thread()?
            .send((order, tell))
            .map_err(|mpsc::SendError(_)| "it is closed".to_owned())?;
        match timeout(PATIENCE, told).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err("it gave no answer".to_owned()),
            Err(_) => Err("the desktop does not answer".to_owned()),
        }
    }

    fn thread(&self) -> Result<mpsc::Sender<Asked>, String> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*running {
            return Ok(running.clone());
        }
        let (orders, asked) = mpsc::channel();
        let serve = move || serve(&asked);
        let started = thread::Builder::new().name("clipboard".to_owned()).spawn(serve);
        started.map_err(|error| error.to_string())?;
        Ok(running.insert(orders).clone())
    }
}

fn serve(asked: &mpsc::Receiver<Asked>) {
    let (mut board, mut ours) = (None, None);
    while let Ok((order, tell)) = asked.recv() {
        let result = carry_out(&mut board, &mut ours, order);
        if result.is_err() {
            // The next one tries it afresh.
            board = None;
        }
        tell.send(result.map_err(|error| error.to_string())).ok();
    }
}

fn carry_out(
    board: &mut Option<arboard::Clipboard>,
    ours: &mut Option<[u8; 32]>,
    order: Order,
) -> Result<(), arboard::Error> {
    let opened = match board.take() {
        Some(open) => open,
        None => arboard::Clipboard::new()?,
    };
    let board = board.insert(opened);
    match order {
        Order::Text(text) => {
            *ours = None;
            board.set_text(text)
        }
        Order::Secret(secret) => {
            *ours = Some(Sha256::digest(secret.expose()).into());
            board.set().exclude_from_history().text(secret.expose())
        }
        Order::Clear => {
            let Some(ours) = ours.take() else { return Ok(()) };
            match board.get_text() {
                Ok(text) if <[u8; 32]>::from(Sha256::digest(&text)) == ours => board.clear(),
                // Something else was copied: it is not azpat's to clear.
                Ok(_) | Err(arboard::Error::ContentNotAvailable) => Ok(()),
                Err(error) => Err(error),
            }
        }
    }
}
