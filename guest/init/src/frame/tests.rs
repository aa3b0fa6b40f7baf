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
