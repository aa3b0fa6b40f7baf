//! The control channel's state, independent of the port: who is connected, what was received, what
//! is still to be written. docs/guest-protocol.md is the specification.

use crate::frame::{self, Decoder, Frame, Kind, PAYLOAD_BYTES_MAX};

/// While more bytes than these wait to be written, the host's bytes stay in the port: a host that
/// sends without reading fills its own buffers and not the guest's memory.
const OUTPUT_BYTES_ENOUGH: usize = 64 * 1024;

#[derive(Debug, Default)]
pub struct Link {
    host: Option<Host>,
    hosts: u64,
    /// Nothing more is sent to this host, and the next message is from another one.
    has_left: bool,
}

#[derive(Debug, Default)]
struct Host {
    decoder: Decoder,
    received: u32,
    sent: u32,
    acknowledged: u32,
    output: Vec<u8>,
    broken: bool,
}

/// Payloads of whole messages, and what was wrong with the bytes after them, if anything.
type Received = (Vec<Vec<u8>>, Result<(), String>);

impl Link {
    /// The port has a host. Returns true if it had none before: then the guest has to say hello.
    pub fn host_seen(&mut self) -> bool {
        let is_new = self.host.is_none();
        if is_new {
            self.hosts += 1;
            self.host = Some(Host::default());
        }
        is_new
    }

    pub fn host_gone(&mut self) {
        self.host = None;
        self.has_left = false;
    }

    /// Leaves the connection without the host's doing: what is in the output is the last that it
    /// gets. For a guest that is to be saved; once restored, it finds the port as if the host had
    /// never left.
    pub fn leave(&mut self) {
        self.has_left = self.host.is_some();
    }

    pub fn has_left(&self) -> bool {
        self.has_left
    }

    /// Receives bytes after having left. The old host may still acknowledge (`None`); the first
    /// message is the next host's, and from there on this returns what `receive` would.
    pub fn receive_from_next_host(&mut self, bytes: &[u8]) -> Option<Received> {
        let host = self.host.as_mut()?;
        host.decoder.push(bytes);
        let first = loop {
            match host.decoder.next_frame() {
                Ok(Some(frame)) if frame.kind == Kind::Acknowledgement => {}
                Ok(Some(frame)) => break Ok(frame),
                Ok(None) => return None,
                Err(error) => break Err(error.to_string()),
            }
        };
        self.has_left = false;
        self.hosts += 1;
        *host = Host {
            decoder: std::mem::take(&mut host.decoder),
            ..Host::default()
        };
        let mut payloads = Vec::new();
        let outcome = first
            .and_then(|frame| host.receive_frame(frame, &mut payloads))
            .and_then(|()| host.receive_frames(&mut payloads));
        host.broken = outcome.is_err();
        Some((payloads, outcome))
    }

    /// Number of the present connection, counting from 1. `None` without a host to talk to.
    pub fn connection(&self) -> Option<u64> {
        self.host
            .as_ref()
            .filter(|host| !host.broken && !self.has_left)
            .map(|_| self.hosts)
    }

    /// Connections so far.
    pub fn connections(&self) -> u64 {
        self.hosts
    }

    /// False while too much waits to be read by the host.
    pub fn is_reading(&self) -> bool {
        self.output().len() < OUTPUT_BYTES_ENOUGH
    }

    /// Returns the payloads of the messages that these bytes of the host complete; acknowledgements
    /// are in the output by then. An error says why the connection is broken: from then on this
    /// host is neither listened to nor answered.
    pub fn receive(&mut self, bytes: &[u8]) -> Received {
        let mut payloads = Vec::new();
        let Some(host) = self.host.as_mut().filter(|host| !host.broken) else {
            return (payloads, Ok(()));
        };
        host.decoder.push(bytes);
        let outcome = host.receive_frames(&mut payloads);
        host.broken = outcome.is_err();
        (payloads, outcome)
    }

    /// Breaks the connection for a reason that only the caller can see.
    pub fn break_off(&mut self) {
        if let Some(host) = &mut self.host {
            host.broken = true;
        }
    }

    /// Puts a message into the output and returns its sequence. `None` without a host to talk to.
    pub fn send(&mut self, payload: &[u8]) -> Option<u32> {
        assert!(
            payload.len() <= PAYLOAD_BYTES_MAX,
            "whoever makes a message keeps to the limit"
        );
        let host = self.host.as_mut()?;
        if host.broken || self.has_left {
            return None;
        }
        host.sent += 1;
        host.output
            .extend(frame::encode(Kind::Message, host.sent, payload));
        Some(host.sent)
    }

    /// What waits to be written to the host.
    pub fn output(&self) -> &[u8] {
        self.host.as_ref().map_or(&[], |host| &host.output)
    }

    pub fn written(&mut self, bytes: usize) {
        if let Some(host) = &mut self.host {
            host.output.drain(..bytes);
        }
    }
}

impl Host {
    fn receive_frames(&mut self, payloads: &mut Vec<Vec<u8>>) -> Result<(), String> {
        while let Some(frame) = self
            .decoder
            .next_frame()
            .map_err(|error| error.to_string())?
        {
            self.receive_frame(frame, payloads)?;
        }
        Ok(())
    }

    fn receive_frame(&mut self, frame: Frame, payloads: &mut Vec<Vec<u8>>) -> Result<(), String> {
        match frame.kind {
            Kind::Message => {
                expect_sequence("message", self.received + 1, frame.sequence)?;
                self.received += 1;
                self.output
                    .extend(frame::encode(Kind::Acknowledgement, self.received, &[]));
                payloads.push(frame.payload);
            }
            Kind::Acknowledgement => {
                expect_sequence("acknowledgement", self.acknowledged + 1, frame.sequence)?;
                if frame.sequence > self.sent {
                    let sent = self.sent;
                    return Err(format!(
                        "acknowledgement {} of {sent} messages",
                        frame.sequence
                    ));
                }
                self.acknowledged += 1;
            }
        }
        Ok(())
    }
}

fn expect_sequence(what: &str, expected: u32, found: u32) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("expected {what} {expected}, found {found}"))
}

#[cfg(test)]
mod tests;
