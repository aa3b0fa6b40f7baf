//! Frames of the guest protocol, version 1: docs/guest-protocol.md.

use std::fmt;

/// Longest payload of a frame, in bytes. Both ends refuse more, so that neither must buffer more.
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

/// Why bytes are no frame. The stream they came from cannot be trusted any more.
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
                "expected a frame to begin with KMXF, found {found:02x?}"
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

/// Takes bytes as they come and gives the frames they complete. It never holds more than one frame of
/// the greatest length and the last piece pushed, if `next_frame` is called until it has no more to give.
#[derive(Debug, Default)]
pub struct Decoder {
    buffer: Vec<u8>,
}

impl Decoder {
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Bytes of a frame that is not whole yet.
    #[cfg(test)]
    pub fn pending_bytes(&self) -> usize {
        self.buffer.len()
    }

    /// The next whole frame; `None` if more bytes are needed. An error repeats itself: nothing that
    /// follows garbage is looked at.
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

/// Judges even the first bytes of a header, so that garbage shorter than a header is not waited on.
fn check_mark(buffer: &[u8]) -> Result<(), FrameError> {
    let seen = buffer.len().min(MARK.len());
    if buffer[..seen] == MARK[..seen] {
        return Ok(());
    }
    let mut found = [0; 4];
    found[..seen].copy_from_slice(&buffer[..seen]);
    Err(FrameError::Mark(found))
}

/// Kind and payload length, checked before a byte of the payload is waited for.
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
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(bytes: &[u8], piece_bytes: usize) -> (Vec<Frame>, Option<FrameError>, usize) {
        let mut decoder = Decoder::default();
        let mut frames = Vec::new();
        let mut held_bytes_max = 0;
        for piece in bytes.chunks(piece_bytes.max(1)) {
            decoder.push(piece);
            loop {
                match decoder.next_frame() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(error) => return (frames, Some(error), held_bytes_max),
                }
            }
            held_bytes_max = held_bytes_max.max(decoder.pending_bytes());
        }
        (frames, None, held_bytes_max)
    }

    fn any_frame() -> impl Strategy<Value = Frame> {
        let message = (any::<u32>(), prop::collection::vec(any::<u8>(), 0..300)).prop_map(
            |(sequence, payload)| Frame {
                kind: Kind::Message,
                sequence,
                payload,
            },
        );
        let acknowledgement = any::<u32>().prop_map(|sequence| Frame {
            kind: Kind::Acknowledgement,
            sequence,
            payload: vec![],
        });
        prop_oneof![message, acknowledgement]
    }

    fn encode_all(frames: &[Frame]) -> Vec<u8> {
        frames
            .iter()
            .flat_map(|it| encode(it.kind, it.sequence, &it.payload))
            .collect()
    }

    proptest! {
        #[test]
        fn frames_survive_any_cutting(
            frames in prop::collection::vec(any_frame(), 0..6),
            piece_bytes in 1usize..64,
        ) {
            let (found, error, _) = decode(&encode_all(&frames), piece_bytes);
            prop_assert_eq!(error, None);
            prop_assert_eq!(found, frames);
        }

        #[test]
        fn a_changed_byte_never_passes(
            frame in any_frame(),
            place in any::<prop::sample::Index>(),
            flip in 1u8..=255,
        ) {
            let mut bytes = encode_all(std::slice::from_ref(&frame));
            let place = place.index(bytes.len());
            bytes[place] ^= flip;
            let (found, _, _) = decode(&bytes, 64);
            prop_assert_eq!(found, vec![]);
        }

        #[test]
        fn garbage_is_refused_or_waited_on_but_never_a_frame(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            piece_bytes in 1usize..64,
        ) {
            prop_assume!(!bytes.starts_with(b"K"));
            let (found, error, _) = decode(&bytes, piece_bytes);
            prop_assert_eq!(found, vec![]);
            prop_assert_eq!(error.is_some(), !bytes.is_empty());
        }

        #[test]
        fn a_cut_frame_is_waited_on(frame in any_frame(), cut in any::<prop::sample::Index>()) {
            let bytes = encode_all(std::slice::from_ref(&frame));
            let kept = cut.index(bytes.len());
            let mut decoder = Decoder::default();
            decoder.push(&bytes[..kept]);
            prop_assert_eq!(decoder.next_frame(), Ok(None));
            prop_assert_eq!(decoder.pending_bytes(), kept);
            decoder.push(&bytes[kept..]);
            prop_assert_eq!(decoder.next_frame(), Ok(Some(frame)));
        }
    }

    #[test]
    fn an_oversized_frame_is_refused_at_its_header() {
        let mut bytes = encode(Kind::Message, 1, b"");
        bytes[12..16].copy_from_slice(&(PAYLOAD_BYTES_MAX as u32 + 1).to_be_bytes());
        let (_, error, _) = decode(&bytes, 20);
        let expected = FrameError::Length {
            found: PAYLOAD_BYTES_MAX + 1,
            max: PAYLOAD_BYTES_MAX,
        };
        assert_eq!(error, Some(expected));
    }

    #[test]
    fn an_acknowledgement_has_no_payload() {
        let mut bytes = encode(Kind::Message, 1, b"x");
        bytes[4] = Kind::Acknowledgement as u8;
        assert_eq!(
            decode(&bytes, 64).1,
            Some(FrameError::Length { found: 1, max: 0 })
        );
    }

    #[test]
    fn a_never_ending_stream_is_held_only_up_to_one_frame() {
        let piece_bytes = 32 * 1024;
        let frame = encode(Kind::Message, 1, &vec![7; PAYLOAD_BYTES_MAX]);
        let (frames, error, held_bytes_max) = decode(&frame.repeat(3), piece_bytes);
        assert_eq!((frames.len(), error), (3, None));
        assert!(held_bytes_max <= HEADER_BYTES + PAYLOAD_BYTES_MAX + piece_bytes);
    }

    #[test]
    fn an_error_repeats_itself() {
        let mut decoder = Decoder::default();
        decoder.push(b"\n");
        let error = Err(FrameError::Mark([b'\n', 0, 0, 0]));
        assert_eq!(decoder.next_frame(), error);
        decoder.push(&encode(Kind::Message, 1, b"{}"));
        assert!(matches!(decoder.next_frame(), Err(FrameError::Mark(_))));
    }

    #[test]
    fn the_bytes_are_those_of_the_documentation() {
        let bytes = encode(Kind::Message, 258, b"{}");
        assert_eq!(bytes[..16], *b"KMXF\x01\0\0\0\0\0\x01\x02\0\0\0\x02");
        let known = crc32fast::hash(b"\x01\0\0\0\0\0\x01\x02\0\0\0\x02{}");
        assert_eq!(bytes[16..20], known.to_be_bytes());
        assert_eq!(bytes[20..], *b"{}");
    }
}
