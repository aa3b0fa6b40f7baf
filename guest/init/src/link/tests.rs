use super::*;
use proptest::prelude::*;

fn message(sequence: u32, payload: &[u8]) -> Vec<u8> {
    frame::encode(Kind::Message, sequence, payload)
}

fn acknowledgement(sequence: u32) -> Vec<u8> {
    frame::encode(Kind::Acknowledgement, sequence, &[])
}

fn linked() -> Link {
    let mut link = Link::default();
    assert!(link.host_seen());
    link
}

/// What a host would read: kind and sequence of every frame in the output.
fn sent(link: &Link) -> Vec<(Kind, u32)> {
    let mut decoder = Decoder::default();
    decoder.push(link.output());
    let frames = std::iter::from_fn(|| decoder.next_frame().expect("init writes whole frames"));
    frames.map(|frame| (frame.kind, frame.sequence)).collect()
}

#[test]
fn a_message_is_acknowledged_and_handed_over() {
    let mut link = linked();
    let (payloads, outcome) = link.receive(&message(1, b"one"));
    assert_eq!((payloads, outcome), (vec![b"one".to_vec()], Ok(())));
    assert_eq!(sent(&link), [(Kind::Acknowledgement, 1)]);
}

#[test]
fn a_message_of_a_wrong_sequence_is_neither_acknowledged_nor_handed_over() {
    for wrong in [0, 2, u32::MAX] {
        let mut link = linked();
        let (payloads, outcome) = link.receive(&message(wrong, b"x"));
        assert_eq!(payloads, Vec::<Vec<u8>>::new());
        assert_eq!(outcome, Err(format!("expected message 1, found {wrong}")));
        assert_eq!(link.output(), b"");
    }
}

#[test]
fn messages_before_garbage_are_handed_over_and_those_after_it_are_not() {
    let mut link = linked();
    let bytes = [message(1, b"one"), b"#!".to_vec(), message(2, b"two")].concat();
    let (payloads, outcome) = link.receive(&bytes);
    assert_eq!(payloads, [b"one"]);
    assert!(
        outcome
            .unwrap_err()
            .contains("expected a frame to begin with KMXF")
    );
    assert_eq!(link.receive(&message(2, b"two")), (vec![], Ok(())));
    assert_eq!((link.connection(), link.send(b"{}")), (None, None));
}

#[test]
fn acknowledgements_come_in_order_and_only_for_what_was_sent() {
    let mut link = linked();
    assert_eq!(link.send(b"{}"), Some(1));
    assert_eq!(link.receive(&acknowledgement(1)).1, Ok(()));
    assert_eq!(
        link.receive(&acknowledgement(2)).1,
        Err("acknowledgement 2 of 1 messages".into())
    );
    let mut link = linked();
    assert!(link.receive(&acknowledgement(2)).1.is_err());
}

#[test]
fn the_next_host_starts_afresh_however_the_last_one_ended() {
    let request = message(1, b"request");
    for last_words in [b"".as_slice(), &request[..7], b"garbage", &message(9, b"x")] {
        let mut link = linked();
        link.send(b"hello");
        _ = link.receive(last_words);
        link.host_gone();
        assert_eq!((link.output(), link.connection()), (b"".as_slice(), None));
        assert!(link.host_seen());
        assert!(!link.host_seen());
        assert_eq!(link.connection(), Some(2));
        assert_eq!(link.send(b"hello"), Some(1));
        assert_eq!(link.receive(&request), (vec![b"request".to_vec()], Ok(())));
    }
}

#[test]
fn a_host_that_never_reads_is_not_read_from_for_ever() {
    let mut link = linked();
    let mut sequence = 0;
    while link.is_reading() {
        sequence += 1;
        assert_eq!(link.receive(&message(sequence, b"")).1, Ok(()));
        assert!(link.output().len() < 2 * OUTPUT_BYTES_ENOUGH);
    }
    link.written(link.output().len());
    assert!(link.is_reading());
}

proptest! {
    #[test]
    fn only_whole_messages_in_order_are_handed_over(
        pieces in prop::collection::vec(
            prop_oneof![
                3 => (1u32..5).prop_map(|it| message(it, &it.to_be_bytes())),
                1 => (0u32..4).prop_map(acknowledgement),
                1 => prop::collection::vec(any::<u8>(), 0..40),
            ],
            0..8,
        ),
    ) {
        let mut link = linked();
        link.send(b"hello");
        let mut handed_over = Vec::new();
        for piece in pieces {
            handed_over.extend(link.receive(&piece).0);
        }
        let expected: Vec<_> = (1..=handed_over.len() as u32).collect();
        let numbers: Vec<_> = handed_over
            .iter()
            .map(|it| u32::from_be_bytes(it.as_slice().try_into().expect("4 bytes")))
            .collect();
        prop_assert_eq!(&numbers, &expected);
        let acknowledged: Vec<_> = sent(&link).into_iter().skip(1).collect();
        let expected: Vec<_> =
            expected.into_iter().map(|it| (Kind::Acknowledgement, it)).collect();
        prop_assert_eq!(acknowledged, expected);
    }
}

#[test]
fn after_leaving_the_first_message_is_the_next_hosts() {
    let mut link = linked();
    assert_eq!(link.send(b"last answer"), Some(1));
    link.leave();
    assert_eq!((link.connection(), link.send(b"{}")), (None, None));
    let left = link.output().len();
    link.written(left);
    // The former host's acknowledgement may come before it is gone, or after, or never.
    assert_eq!(link.receive_from_next_host(&acknowledgement(1)), None);
    let begun = message(1, b"one");
    assert_eq!(link.receive_from_next_host(&begun[..5]), None);
    let rest = [&begun[5..], &message(2, b"two")].concat();
    let received = link.receive_from_next_host(&rest);
    assert_eq!(
        received,
        Some((vec![b"one".to_vec(), b"two".to_vec()], Ok(())))
    );
    assert_eq!((link.has_left(), link.connection()), (false, Some(2)));
    assert_eq!(
        sent(&link),
        [(Kind::Acknowledgement, 1), (Kind::Acknowledgement, 2)]
    );
    assert_eq!(link.send(b"hello"), Some(1));
}

#[test]
fn a_next_host_that_begins_with_garbage_is_not_trusted() {
    for (bytes, why) in [
        (b"#!".to_vec(), "expected a frame to begin with KMXF"),
        (message(7, b"x"), "expected message 1, found 7"),
    ] {
        let mut link = linked();
        link.leave();
        let (payloads, outcome) = link.receive_from_next_host(&bytes).unwrap();
        assert_eq!(payloads, Vec::<Vec<u8>>::new());
        assert!(outcome.unwrap_err().contains(why));
        assert_eq!(link.connection(), None);
    }
}

#[test]
fn a_host_that_really_goes_after_init_has_left_is_followed_by_a_new_one() {
    let mut link = linked();
    link.leave();
    link.host_gone();
    assert!(!link.has_left());
    assert!(link.host_seen());
}
