//! Frames of the guest protocol, version 1: docs/guest-protocol.md.

use std::fmt;

/// Longest payload of a frame, in bytes. Both ends refuse more, so neither has to buffer more.
pub const PAYLOAD_BYTES_MAX: usize = 4 * 1024 * 1024;

const HEADER_BYTES: usize = 20;
const MARK: [u8; 4] = *b"KMXF";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Message = 1,
    Acknowledgement = 2,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    pub kind: Kind,
    pub sequence: u32,
    /// Empty for an acknowledgement.
    pub payload: Vec<u8>,
}

/// Why bytes are not a frame. The stream they came from cannot be used any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FrameError {
    Mark([u8; 4]),
    Kind(u8),
    Reserved([u8; 3]),
    Length { found: usize, max: usize },
    Checksum { stated: u32, computed: u32 },
}

impl fmt::Display for FrameError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mark(found) => write!(
                out,
                "expected a frame to begin with KMXF, found {}",
                found.escape_ascii()
            ),
            Self::Kind(found) => write!(out, "expected frame kind 1 or 2, found {found}"),
            Self::Reserved(found) => write!(
                out,
                "expected bytes 5-7 of a frame to be 0, found {found:02x?}"
            ),
            Self::Length { found, max } => {
                write!(
                    out,
                    "expected a payload of at most {max} bytes, found {found}"
                )
            }
            Self::Checksum { stated, computed } => {
                write!(
                    out,
                    "the frame says its checksum is {stated:08x}, but it is {computed:08x}"
                )
            }
        }
    }
}

/// The bytes of one frame. The caller keeps to `PAYLOAD_BYTES_MAX`.
pub fn encode(kind: Kind, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a payload is at most 4 MiB");
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend_from_slice(&MARK);
    bytes.extend_from_slice(&[kind as u8, 0, 0, 0]);
    bytes.extend_from_slice(&sequence.to_be_bytes());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&checksum(&bytes[4..16], payload).to_be_bytes());
    bytes.extend_from_slice(payload);
    bytes
}

/// Turns bytes, pushed as they arrive, into frames. If `next_frame` is called until it returns
/// none, this never holds more than one frame of the greatest length and the last piece pushed.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of a frame that is not complete yet.
    #[cfg(test)]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// The next complete frame; `None` if more bytes are needed. After garbage, every call returns
    /// the same error.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some(header) = self.buffer.first_chunk::<HEADER_BYTES>() else {
            return check_mark(&self.buffer).map(|()| None);
        };
        let (kind, length) = check_header(header)?;
        let end = HEADER_BYTES + length;
        let Some(payload) = self.buffer.get(HEADER_BYTES..end) else {
            return Ok(None);
        };
        let stated = number_at(header, 16);
        let computed = checksum(&header[4..16], payload);
        if stated != computed {
            return Err(FrameError::Checksum { stated, computed });
        }
        let frame = Frame {
            kind,
            sequence: number_at(header, 8),
            payload: payload.to_vec(),
        };
        self.buffer.drain(..end);
        Ok(Some(frame))
    }
}

/// Checks even the first bytes of a header: after garbage there is no waiting for a full header.
fn check_mark(buffer: &[u8]) -> Result<(), FrameError> {
    let seen = buffer.len().min(MARK.len());
    if buffer[..seen] == MARK[..seen] {
        return Ok(());
    }
    let mut found = [0; 4];
    found[..seen].copy_from_slice(&buffer[..seen]);
    Err(FrameError::Mark(found))
}

/// Kind and payload length, checked before waiting for the payload.
fn check_header(header: &[u8; HEADER_BYTES]) -> Result<(Kind, usize), FrameError> {
    check_mark(header)?;
    let (kind, max) = match header[4] {
        1 => (Kind::Message, PAYLOAD_BYTES_MAX),
        2 => (Kind::Acknowledgement, 0),
        found => return Err(FrameError::Kind(found)),
    };
    if header[5..8] != [0, 0, 0] {
        return Err(FrameError::Reserved([header[5], header[6], header[7]]));
    }
    let found = number_at(header, 12) as usize;
    if found > max {
        return Err(FrameError::Length { found, max });
    }
    Ok((kind, found))
}

fn number_at(header: &[u8; HEADER_BYTES], offset: usize) -> u32 {
    u32::from_be_bytes(std::array::from_fn(|index| header[offset + index]))
}

fn checksum(header: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(header);
    hasher.update(payload);
    hasher.finalize()
}

#[cfg(test)]
mod tests;
