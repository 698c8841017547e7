//! The one thread that talks to the keyring, with a deadline for each job. A call that never
//! comes back cannot be ended, so its thread is left behind and the next job gets a new one;
//! leaving the program waits for neither.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
};

use tokio::{
    sync::{Mutex, oneshot},
    time::{Instant, timeout_at},
};

use super::{
    keyring::{Keyring, Open},
    trouble::Trouble,
};

type Job = Box<dyn FnOnce(&mut Keyring) + Send>;

/// The thread, started with the first job.
pub(super) struct Worker {
    open: Open,
    /// Locked for a whole job, so that no job stands in line behind a stuck one.
    desk: Mutex<Option<Desk>>,
}

struct Desk {
    jobs: mpsc::Sender<Job>,
    is_given_up: Arc<AtomicBool>,
}

impl Worker {
    pub(super) fn new(open: Open) -> Self {
        Self { open, desk: Mutex::default() }
    }

    /// What the job says, or that nothing was heard of it until the deadline. A job that was
    /// given up does not touch the keyring again.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        deadline: Instant,
        job: impl FnOnce(&mut Keyring) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let Ok(mut slot) = timeout_at(deadline, self.desk.lock()).await else {
            return Err(Trouble::Silent);
        };
        let desk = match slot.take() {
            Some(desk) => desk,
            None => Desk::start(Arc::clone(&self.open))?,
        };
        let (tell, told) = oneshot::channel();
        // Nobody listens any more to a job that was given up.
        let job: Job = Box::new(move |keyring| drop(tell.send(job(keyring))));
        if desk.jobs.send(job).is_err() {
            return Err(Trouble::Gone);
        }
        let mut watch = Watch { desk: Some(desk) };
        match timeout_at(deadline, told).await {
            Ok(Ok(said)) => {
                *slot = watch.desk.take();
                said
            }
            Ok(Err(_)) => Err(Trouble::Gone),
            Err(_) => Err(Trouble::Silent),
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Worker")
    }
}

/// Gives the thread up unless it has answered, also when the one who waits is dropped.
struct Watch {
    desk: Option<Desk>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(desk) = &self.desk {
            desk.is_given_up.store(true, Ordering::SeqCst);
        }
    }
}

impl Desk {
    fn start(open: Open) -> Result<Self, Trouble> {
        let (jobs, orders) = mpsc::channel::<Job>();
        let is_given_up = Arc::new(AtomicBool::new(false));
        let mut keyring = Keyring::new(open, Arc::clone(&is_given_up));
        let work = move || {
            for job in orders {
                job(&mut keyring);
            }
        };
        thread::Builder::new()
            .name("keyring".to_owned())
            .spawn(work)
            .map(|_| Self { jobs, is_given_up })
            .map_err(|error| Trouble::Failed(error.to_string()))
    }
}
