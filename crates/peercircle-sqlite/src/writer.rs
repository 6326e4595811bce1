//! The one thread that writes: what has gathered is committed in one go.

use std::{
    cell::{RefCell, RefMut},
    ops::Deref,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use peercircle_store::StoreError;
use rusqlite::Connection;

use crate::{error::store_error, lately::Lately};

/// The most calls in one commit.
const MOST: usize = 512;

/// What the writing thread works with: a connection, within a transaction, and what it knows of its streams.
#[derive(Debug)]
pub(crate) struct Tx {
    connection: Connection,
    lately: RefCell<Lately>,
}

impl Deref for Tx {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.connection
    }
}

impl Tx {
    pub(crate) fn lately(&self) -> RefMut<'_, Lately> {
        self.lately.borrow_mut()
    }
}

/// Hands calls to the writing thread; the thread ends with it.
#[derive(Debug)]
pub(crate) struct Writer {
    jobs: Option<Sender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    grown: Arc<Grown>,
}

/// Where this handle's commits have come to.
#[derive(Debug, Default)]
struct Grown {
    commits: Mutex<u64>,
    more: Condvar,
}

/// Whether old text has to leave the log after the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Nothing,
    Scrub,
}

trait Job: Send {
    /// Does the work within a transaction. Our own "no" counts as done: it wrote nothing.
    fn run(&mut self, tx: &Tx) -> Result<After, StoreError>;
    /// Answers the caller, once it is committed or known not to be.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Task<T, W, R> {
    work: W,
    after: After,
    result: Option<Result<T, StoreError>>,
    reply: R,
}

impl<T, W, R> Job for Task<T, W, R>
where
    T: Send,
    W: Fn(&Tx) -> Result<T, StoreError> + Send,
    R: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, tx: &Tx) -> Result<After, StoreError> {
        match (self.work)(tx) {
            Err(error) if !said_by_us(&error) => Err(error),
            result => {
                let after = if result.is_ok() { self.after } else { After::Nothing };
                self.result = Some(result);
                Ok(after)
            }
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let Self { result, reply, .. } = *self;
        let answer = match (committed, result) {
            (Ok(()), Some(result)) => result,
            (Err(error), _) => Err(error),
            (Ok(()), None) => Err(gone()),
        };
        reply(answer);
    }
}

/// Whether a call was refused by this crate, before it wrote anything.
fn said_by_us(error: &StoreError) -> bool {
    matches!(
        error,
        StoreError::Conflict { .. } | StoreError::Taken { .. } | StoreError::Stale { .. } | StoreError::Invalid { .. }
    )
}

fn gone() -> StoreError {
    StoreError::Unavailable { reason: "a writer that has ended".to_owned() }
}

impl Writer {
    pub(crate) fn start(connection: Connection) -> Result<Self, StoreError> {
        let (jobs, waiting) = channel();
        let grown = Arc::new(Grown::default());
        let tells = Arc::clone(&grown);
        let thread = std::thread::Builder::new().name("peercircle-sqlite".to_owned());
        let thread = thread
            .spawn(move || work_through(&Tx { connection, lately: RefCell::default() }, &waiting, &tells))
            .map_err(|error| StoreError::Unavailable { reason: format!("no thread to write with: {error}") })?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread), grown })
    }

    /// Does `work` in a transaction and waits until it is on the disk. It may be run more than once, never committed twice.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        after: After,
        work: impl Fn(&Tx) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = sync_channel(1);
        self.write_then(after, work, move |result| {
            // Whoever asked may have gone.
            let _heard = reply.send(result);
        });
        answer.recv().map_err(|_| gone())?
    }

    /// As [`write`](Self::write), without waiting: the writing thread tells `then`.
    pub(crate) fn write_then<T: Send + 'static>(
        &self,
        after: After,
        work: impl Fn(&Tx) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(Result<T, StoreError>) + Send + 'static,
    ) {
        let job: Box<dyn Job> = Box::new(Task { work, after, result: None, reply: then });
        let unsent = match &self.jobs {
            Some(jobs) => jobs.send(job).err().map(|error| error.0),
            None => Some(job),
        };
        if let Some(job) = unsent {
            job.answer(Err(gone()));
        }
    }

    /// Waits for a commit of this handle after `seen`, at most this long; how many there have been then.
    pub(crate) fn wait(&self, seen: u64, timeout: Duration) -> u64 {
        let commits = self.grown.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.grown.more.wait_timeout_while(commits, timeout, |commits| *commits <= seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// How many commits there have been.
    pub(crate) fn commits(&self) -> u64 {
        *self.grown.commits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // It ends with its last job; had it panicked, every caller was told that it is gone.
            let _ended = thread.join();
        }
    }
}

fn work_through(tx: &Tx, waiting: &Receiver<Box<dyn Job>>, grown: &Grown) {
    while let Ok(first) = waiting.recv() {
        let mut jobs = vec![first];
        jobs.extend(waiting.try_iter().take(MOST - 1));
        match together(tx, &mut jobs) {
            Ok(after) => {
                tell(tx, after, grown);
                jobs.into_iter().for_each(|job| job.answer(Ok(())));
            }
            // One of them took the others down: each by itself, so that only that one fails.
            Err(_) if jobs.len() > 1 => {
                for mut job in jobs {
                    let done = together(tx, std::slice::from_mut(&mut job));
                    if let Ok(after) = &done {
                        tell(tx, *after, grown);
                    }
                    job.answer(done.map(|_| ()));
                }
            }
            Err(error) => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
        }
    }
}

/// Does these in one transaction.
fn together(tx: &Tx, jobs: &mut [Box<dyn Job>]) -> Result<After, StoreError> {
    let run = |sql: &str| {
        let mut statement = tx.prepare_cached(sql)?;
        statement.execute([]).map(|_| ())
    };
    run("BEGIN IMMEDIATE").map_err(|error| store_error(&error))?;
    let mut after = After::Nothing;
    let begun = tx.lately().begin(tx);
    let done = begun.and_then(|()| {
        jobs.iter_mut().try_for_each(|job| {
            if job.run(tx)? == After::Scrub {
                after = After::Scrub;
            }
            Ok(())
        })
    });
    let done = done.and_then(|()| run("COMMIT").map_err(|error| store_error(&error)));
    if done.is_err() {
        // What is known may be of what wasn't committed.
        tx.lately.take();
        if !tx.is_autocommit() {
            // The first error says what is wrong; a transaction that can't be rolled back makes the next BEGIN fail.
            let _rolled_back = run("ROLLBACK");
        }
    }
    done.map(|()| after)
}

fn tell(connection: &Connection, after: After, grown: &Grown) {
    if after == After::Scrub {
        // Erased text is still in the log until it is emptied; a reader in the way leaves that to the next checkpoint.
        let _scrubbed = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
    *grown.commits.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    grown.more.notify_all();
}

/// How often a waiting reader looks for what another process has committed.
pub(crate) const LOOK_EVERY: Duration = Duration::from_millis(25);
