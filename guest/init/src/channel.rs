//! The control channel on its port: serves one host after another, for as long as there may be one.

use crate::clock::uptime_ms;
use crate::console::say;
use crate::facts::release;
use crate::failure::Failure;
use crate::home::Home;
use crate::link::Link;
use crate::outbox::{Inbox, Slots, Then};
use crate::port::{Arrived, Port};
use crate::requests::{self, Guest};
use crate::waiter::Waiter;
use nix::errno::Errno;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

const PROTOCOL: u32 = 1;
const HEARTBEAT: Duration = Duration::from_secs(1);
const CHUNK_BYTES: usize = 32 * 1024;
/// Each answer may be a few MiB, and a guest may have only 128 MiB.
const REQUESTS_MAX: usize = 16;

pub struct Channel {
    home: Home,
    port: Port,
    inbox: Inbox,
    guest: Arc<Guest>,
    link: Link,
    slots: Slots,
    heartbeat_at: Instant,
}

impl Channel {
    pub fn new(home: Home, port: Port, inbox: Inbox, guest: Arc<Guest>) -> Self {
        Self {
            home,
            port,
            inbox,
            guest,
            link: Link::default(),
            slots: Slots::new(REQUESTS_MAX),
            heartbeat_at: Instant::now() + HEARTBEAT,
        }
    }

    /// An error means that the port itself does not work.
    pub fn serve(mut self) -> nix::Result<Infallible> {
        let waiter = Waiter::new()?;
        waiter.add(&self.port)?;
        waiter.add(&self.inbox)?;
        loop {
            self.receive()?;
            self.send_heartbeat_if_due();
            let was_reading = self.link.is_reading();
            self.transmit()?;
            if was_reading || !self.link.is_reading() {
                let until_heartbeat = self.heartbeat_at.saturating_duration_since(Instant::now());
                waiter.wait(Some(until_heartbeat));
            }
        }
    }

    /// Reads until nothing more has arrived, or until too much waits to be read by the host.
    fn receive(&mut self) -> nix::Result<()> {
        let mut chunk = [0; CHUNK_BYTES];
        while self.link.is_reading() {
            match self.port.read(&mut chunk)? {
                Arrived::NoHost => {
                    self.link.host_gone();
                    self.home.host_left();
                    return Ok(());
                }
                Arrived::Nothing => {
                    self.say_hello_if_host_is_new();
                    return Ok(());
                }
                Arrived::Bytes(bytes) if self.link.has_left() => {
                    self.receive_from_next_host(&chunk[..bytes]);
                }
                Arrived::Bytes(bytes) => {
                    self.say_hello_if_host_is_new();
                    let (payloads, outcome) = self.link.receive(&chunk[..bytes]);
                    self.start_requests(&payloads, outcome);
                }
            }
        }
        Ok(())
    }

    fn say_hello_if_host_is_new(&mut self) {
        if self.link.host_seen() {
            self.say_hello();
        }
    }

    /// After the guest was restored. The port never showed that its host is another one now.
    fn receive_from_next_host(&mut self, bytes: &[u8]) {
        let Some((payloads, outcome)) = self.link.receive_from_next_host(bytes) else {
            return;
        };
        self.say_hello();
        self.start_requests(&payloads, outcome);
    }

    /// Also tells the new host of an agent's end that it has missed.
    fn say_hello(&mut self) {
        self.heartbeat_at = Instant::now() + HEARTBEAT;
        let uptime_ms = uptime_ms();
        let release = release();
        self.send(&json!({
            "type": "hello", "protocol": PROTOCOL, "release": release, "uptimeMs": uptime_ms,
        }));
        if let Some(event) = self.guest.agent.exit_event() {
            self.send(&event);
        }
    }

    fn send(&mut self, message: &Value) {
        self.link.send(message.to_string().as_bytes());
    }

    fn start_requests(&mut self, payloads: &[Vec<u8>], outcome: Result<(), String>) {
        let connection = self.link.connections();
        let mut payloads = payloads.iter();
        let outcome = payloads
            .try_for_each(|payload| self.start_request(connection, payload))
            .and(outcome);
        if let Err(reason) = outcome {
            self.link.break_off();
            say(format!(
                "kmx.control: {reason}; this host is not listened to any more"
            ));
        }
    }

    fn start_request(&mut self, connection: u64, payload: &[u8]) -> Result<(), String> {
        let request = requests::parse_request(payload)?;
        match self.slots.claim() {
            Some(slot) => requests::start(&self.guest, connection, slot, request),
            None => {
                let text =
                    format!("{REQUESTS_MAX} requests are already running; wait for an answer");
                let failure = Failure::new(Errno::EAGAIN, text);
                requests::refuse(&self.guest, connection, request.id, &failure);
            }
        }
        Ok(())
    }

    /// A host that does not read gets no heartbeats on top of what already waits for it.
    fn send_heartbeat_if_due(&mut self) {
        let now = Instant::now();
        if now < self.heartbeat_at {
            return;
        }
        self.heartbeat_at = now + HEARTBEAT;
        if self.link.output().is_empty() {
            let uptime_ms = uptime_ms();
            self.send(&json!({ "type": "event", "name": "heartbeat", "uptimeMs": uptime_ms }));
        }
    }

    /// Writes until nothing is left, or until the host accepts no more.
    fn transmit(&mut self) -> nix::Result<()> {
        loop {
            if self.link.output().is_empty() && !self.queue_next_message() {
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
    fn queue_next_message(&mut self) -> bool {
        let Some(outgoing) = self.inbox.next_for(self.link.connection()) else {
            return false;
        };
        let is_queued = self.link.send(&outgoing.payload).is_some();
        match outgoing.then {
            Then::LeaveConnection if is_queued => self.link.leave(),
            Then::LeaveConnection | Then::Continue => {}
        }
        is_queued
    }
}
