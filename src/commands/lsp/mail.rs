//! What the editor sends, taken in while something else is done, so that a question that is taken back is known in time
//! and a check gives way.
//!
//! Not here: what is answered.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use lsp_server::{Connection, Message, RequestId};
use serde::Deserialize;

/// The messages that have come, in order.
pub(super) struct Mail {
    receiver: Receiver<Message>,
    /// How many messages lie in the receiver.
    waiting: Arc<AtomicUsize>,
    /// Those that were looked at and not handed out.
    coming: VecDeque<Message>,
}

/// What came, or that nothing did.
pub(super) enum Next {
    /// A message.
    Message(Message),
    /// Nothing, for as long as was asked.
    Quiet,
    /// Nothing any more.
    Gone,
}

/// A question that is taken back.
#[derive(Deserialize)]
struct Cancel {
    id: RequestId,
}

impl Mail {
    /// Takes in what comes, until the editor is gone. The connection's own channel holds nothing: its reader waits until
    /// a message is taken.
    pub(super) fn of(connection: &Connection) -> Self {
        let (sender, receiver) = channel();
        let waiting = Arc::new(AtomicUsize::new(0));
        let (arriving, count) = (connection.receiver.clone(), Arc::clone(&waiting));
        thread::spawn(move || {
            for message in arriving {
                count.fetch_add(1, Ordering::SeqCst);
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Self { receiver, waiting, coming: VecDeque::new() }
    }

    /// The next message; with `patience`, only for so long.
    pub(super) fn next(&mut self, patience: Option<Duration>) -> Next {
        if let Some(message) = self.coming.pop_front() {
            return Next::Message(message);
        }
        let received = match patience {
            Some(patience) => self.receiver.recv_timeout(patience),
            None => self.receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match received {
            Ok(message) => {
                self.waiting.fetch_sub(1, Ordering::SeqCst);
                Next::Message(message)
            }
            Err(RecvTimeoutError::Timeout) => Next::Quiet,
            Err(RecvTimeoutError::Disconnected) => Next::Gone,
        }
    }

    /// Says, from any thread, whether something has come that was not looked at.
    pub(super) fn waits(&self) -> impl Fn() -> bool + Sync + use<> {
        let waiting = Arc::clone(&self.waiting);
        move || waiting.load(Ordering::SeqCst) > 0
    }

    /// Whether the editor has taken a question back.
    pub(super) fn is_cancelled(&mut self, id: &RequestId) -> bool {
        for message in self.receiver.try_iter() {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            self.coming.push_back(message);
        }
        self.coming.iter().any(|message| match message {
            Message::Notification(one) if one.method == "$/cancelRequest" => {
                serde_json::from_value::<Cancel>(one.params.clone()).is_ok_and(|cancel| cancel.id == *id)
            }
            _ => false,
        })
    }
}
