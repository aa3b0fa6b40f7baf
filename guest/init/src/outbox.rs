//! Messages on their way from init's threads to the control channel.

use nix::sys::eventfd::{EfdFlags, EventFd};
use serde_json::Value;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

/// What the channel does once a message is in its output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    Continue,
    /// The guest is about to be saved: this host gets nothing more.
    LeaveConnection,
}

pub struct Outgoing {
    /// The connection that asked: the answer means nothing to the next host. `None`: for whoever is
    /// connected.
    pub connection: Option<u64>,
    pub payload: Vec<u8>,
    pub then: Then,
    /// Counts the request as running until the answer is fetched, which does not happen before the
    /// previous answer was written.
    pub _slot: Option<Slot>,
}

/// The sending side. Never blocks and never fails: without a host, messages are dropped.
#[derive(Clone)]
pub struct Outbox {
    sender: Sender<Outgoing>,
    filled: Arc<EventFd>,
}

/// The receiving side. Its descriptor becomes ready when there is a message.
pub struct Inbox {
    receiver: Receiver<Outgoing>,
    filled: Arc<EventFd>,
}

pub fn open_outbox() -> nix::Result<(Outbox, Inbox)> {
    let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
    let filled = Arc::new(EventFd::from_flags(flags)?);
    let (sender, receiver) = channel();
    Ok((
        Outbox {
            sender,
            filled: Arc::clone(&filled),
        },
        Inbox { receiver, filled },
    ))
}

impl Outbox {
    pub fn send(&self, outgoing: Outgoing) {
        // The receiver lives as long as init, and a full counter wakes the channel anyway.
        let _ = self.sender.send(outgoing);
        let _ = self.filled.write(1);
    }

    pub fn send_event(&self, event: Value) {
        let payload = event.to_string().into_bytes();
        self.send(Outgoing {
            connection: None,
            payload,
            then: Then::Continue,
            _slot: None,
        });
    }
}

impl Inbox {
    /// The next message for this connection; those for others are dropped.
    pub fn next_for(&self, connection: Option<u64>) -> Option<Outgoing> {
        self.receiver
            .try_iter()
            .find(|outgoing| match outgoing.connection {
                Some(_) => outgoing.connection == connection,
                None => connection.is_some(),
            })
    }
}

impl AsFd for Inbox {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.filled.as_fd()
    }
}

/// How many requests may run at once.
#[derive(Clone)]
pub struct Slots {
    claimed: Arc<()>,
    count: usize,
}

/// One running request. Dropping it frees the slot.
pub struct Slot {
    _claimed: Arc<()>,
}

impl Slots {
    pub fn new(count: usize) -> Self {
        Self {
            claimed: Arc::new(()),
            count,
        }
    }

    /// Only the control channel claims slots, so the last one is never claimed twice.
    pub fn claim(&self) -> Option<Slot> {
        let is_free = Arc::strong_count(&self.claimed) <= self.count;
        is_free.then(|| Slot {
            _claimed: Arc::clone(&self.claimed),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn answer(connection: u64) -> Outgoing {
        let payload = connection.to_string().into_bytes();
        Outgoing {
            connection: Some(connection),
            payload,
            then: Then::Continue,
            _slot: None,
        }
    }

    #[test]
    fn answers_go_to_the_connection_that_asked() {
        let (outbox, inbox) = open_outbox().unwrap();
        outbox.send(answer(1));
        outbox.send(answer(2));
        outbox.send_event(json!({}));
        assert_eq!(inbox.next_for(Some(2)).unwrap().payload, b"2");
        assert_eq!(inbox.next_for(Some(2)).unwrap().payload, b"{}");
        assert!(inbox.next_for(Some(2)).is_none());
    }

    #[test]
    fn without_a_host_everything_is_dropped() {
        let (outbox, inbox) = open_outbox().unwrap();
        outbox.send(answer(1));
        outbox.send_event(json!({}));
        assert!(inbox.next_for(None).is_none());
        assert!(inbox.next_for(Some(1)).is_none());
    }

    #[test]
    fn a_slot_is_free_again_once_its_answer_is_dropped() {
        let slots = Slots::new(2);
        let (first, second) = (slots.claim(), slots.claim());
        assert!(first.is_some() && second.is_some() && slots.claim().is_none());
        drop(first);
        assert!(slots.claim().is_some());
    }
}
