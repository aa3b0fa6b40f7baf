//! The control channel on its port: one host after the other, for ever.

use crate::clock::uptime_ms;
use crate::console::say;
use crate::facts::release;
use crate::failure::Failure;
use crate::link::Link;
use crate::outbox::{Inbox, Slots, Then};
use crate::port::{Arrived, Port};
use crate::power::power_off;
use crate::requests::{self, Guest};
use crate::waiter::Waiter;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PROTOCOL: u32 = 1;
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long the host may take to acknowledge the answer to `power-off`.
const LAST_ANSWER_GRACE: Duration = Duration::from_secs(1);
const CHUNK_BYTES: usize = 32 * 1024;
/// Each may hold an answer of a few MiB, in a guest that may have 128 MiB.
const REQUESTS_MAX: usize = 16;

pub struct Channel {
    port: Port,
    inbox: Inbox,
    guest: Arc<Guest>,
    link: Link,
    slots: Slots,
    heartbeat_at: Instant,
    /// The answer to `power-off`, and until when its acknowledgement is waited for.
    last_answer: Option<(u32, Instant)>,
}

impl Channel {
    pub fn new(port: Port, inbox: Inbox, guest: Arc<Guest>) -> Self {
        Self {
            port,
            inbox,
            guest,
            link: Link::default(),
            slots: Slots::new(REQUESTS_MAX),
            heartbeat_at: Instant::now() + HEARTBEAT,
            last_answer: None,
        }
    }

    /// An error means that the port itself does not work.
    pub fn serve(mut self) -> nix::Result<Infallible> {
        let waiter = Waiter::new()?;
        waiter.add(&self.port)?;
        waiter.add(&self.inbox)?;
        loop {
            self.receive()?;
            self.beat();
            let was_reading = self.link.is_reading();
            self.transmit()?;
            self.end_if_answered();
            if was_reading || !self.link.is_reading() {
                waiter.wait(Some(self.until_next()));
            }
        }
    }

    /// Reads until the port has no more, or until too much waits for the host to read.
    fn receive(&mut self) -> nix::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        while self.link.is_reading() {
            match self.port.read(&mut chunk)? {
                Arrived::NoHost => {
                    self.link.host_gone();
                    return Ok(());
                }
                Arrived::Nothing => {
                    self.greet();
                    return Ok(());
                }
                Arrived::Bytes(bytes) if self.link.is_parted() => self.meet(&chunk[..bytes]),
                Arrived::Bytes(bytes) => {
                    self.greet();
                    self.take(&chunk[..bytes]);
                }
            }
        }
        Ok(())
    }

    /// Says hello to a host that is new, and what it has missed.
    fn greet(&mut self) {
        if self.link.host_seen() {
            self.say_hello();
        }
    }

    /// The guest was saved and is restored: the port never showed it, but its host is another one.
    fn meet(&mut self, bytes: &[u8]) {
        let Some((payloads, outcome)) = self.link.meet(bytes) else {
            return;
        };
        self.say_hello();
        self.begin_all(&payloads, outcome);
    }

    fn say_hello(&mut self) {
        self.heartbeat_at = Instant::now() + HEARTBEAT;
        let uptime_ms = uptime_ms();
        let release = release();
        self.say(&json!({
            "type": "hello", "protocol": PROTOCOL, "release": release, "uptimeMs": uptime_ms,
        }));
        if let Some(event) = self.guest.agent.exit_event() {
            self.say(&event);
        }
    }

    fn say(&mut self, message: &Value) {
        self.link.send(message.to_string().as_bytes());
    }

    fn take(&mut self, bytes: &[u8]) {
        let (payloads, outcome) = self.link.receive(bytes);
        self.begin_all(&payloads, outcome);
    }

    fn begin_all(&mut self, payloads: &[Vec<u8>], outcome: Result<(), String>) {
        let connection = self.link.connections();
        let mut payloads = payloads.iter();
        let outcome = payloads
            .try_for_each(|it| self.begin(connection, it))
            .and(outcome);
        if let Err(reason) = outcome {
            self.link.break_off();
            say(format!(
                "kmx.control: {reason}; nothing more is taken from this host"
            ));
        }
    }

    fn begin(&mut self, connection: u64, payload: &[u8]) -> Result<(), String> {
        let request = requests::parse_request(payload)?;
        match self.slots.take() {
            Some(slot) => requests::start(&self.guest, connection, slot, request),
            None => {
                let text = format!("{REQUESTS_MAX} requests run already; wait for an answer");
                let failure = Failure {
                    code: "EAGAIN".into(),
                    message: text,
                };
                requests::refuse(&self.guest, connection, request.id, &failure);
            }
        }
        Ok(())
    }

    /// A host that does not read gets no heartbeats on top of what waits for it.
    fn beat(&mut self) {
        let now = Instant::now();
        if now < self.heartbeat_at {
            return;
        }
        self.heartbeat_at = now + HEARTBEAT;
        if self.link.output().is_empty() {
            let uptime_ms = uptime_ms();
            self.say(&json!({ "type": "event", "name": "heartbeat", "uptimeMs": uptime_ms }));
        }
    }

    /// Writes until there is no more, or until the host takes no more.
    fn transmit(&mut self) -> nix::Result<()> {
        loop {
            if self.link.output().is_empty() && !self.next_outgoing() {
                return Ok(());
            }
            let written = self.port.write(self.link.output())?;
            if written == 0 {
                return Ok(());
            }
            self.link.written(written);
        }
    }

    /// Puts the next message into the output. False if there is none.
    fn next_outgoing(&mut self) -> bool {
        let Some(outgoing) = self.inbox.take(self.link.connection()) else {
            return false;
        };
        let sequence = self.link.send(&outgoing.payload);
        match (outgoing.then, sequence) {
            (Then::PowerOff, Some(sequence)) => {
                self.last_answer = Some((sequence, Instant::now() + LAST_ANSWER_GRACE));
            }
            (Then::Part, Some(_)) => self.link.part(),
            _ => {}
        }
        sequence.is_some()
    }

    fn end_if_answered(&self) {
        if let Some((sequence, deadline)) = self.last_answer {
            let is_delivered = self.link.is_acknowledged(sequence);
            if is_delivered || self.link.connection().is_none() || Instant::now() >= deadline {
                power_off();
            }
        }
    }

    fn until_next(&self) -> Duration {
        let last_answer_at = self.last_answer.map(|(_, deadline)| deadline);
        let next = last_answer_at.map_or(self.heartbeat_at, |it| it.min(self.heartbeat_at));
        next.saturating_duration_since(Instant::now())
    }
}
