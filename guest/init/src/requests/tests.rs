use super::*;
use crate::children::tests::reaped_children;
use crate::entrance::Entrance;
use crate::outbox::open_outbox;
use crate::port::Port;
use crate::relay::Relay;
use crate::streams::Stream;
use proptest::prelude::*;
use std::os::unix::net::UnixStream;

fn guest() -> Guest {
    let stream = || Arc::new(Stream::new().unwrap());
    let relay = Arc::new(Relay::new().unwrap());
    let agent = Agent::new(reaped_children(), stream(), stream(), relay);
    let (port, _) = UnixStream::pair().unwrap();
    let tool = Entrance::port(Port::try_from(port).unwrap());
    Guest {
        home: Home::Machine,
        agent,
        cgroups: Cgroups::new(Home::Machine),
        outbox: open_outbox().unwrap().0,
        tool: Tool::new(reaped_children(), tool),
    }
}

fn request(method: &str, params: Value) -> Request {
    Request {
        id: 7,
        method: method.into(),
        params,
        attachment: Vec::new(),
    }
}

fn ask(method: &str, params: Value) -> (Value, Then) {
    let (payload, then) = answer(&guest(), request(method, params));
    (serde_json::from_slice(&payload).unwrap(), then)
}

fn error_of(method: &str, params: Value) -> (String, String) {
    let (answer, _) = ask(method, params);
    let text = |name: &str| answer["error"][name].as_str().unwrap().to_owned();
    (text("code"), text("message"))
}

#[test]
fn a_request_is_answered_by_its_id() {
    let (answer, then) = ask("read-file", json!({ "path": "/dev/null", "maxBytes": 1 }));
    let result = json!({ "data": "", "truncated": false });
    assert_eq!(
        answer,
        json!({ "type": "response", "id": 7, "result": result })
    );
    assert_eq!(then, Then::Continue);
}

#[test]
fn a_failure_is_answered_with_its_code() {
    let (code, message) = error_of("list-directory", json!({ "path": "/proc/x/y" }));
    assert_eq!(code, "ENOENT");
    assert_eq!(message, "list /proc/x/y: No such file or directory");
}

#[test]
fn unknown_methods_and_wrong_parameters_are_named() {
    let bad = |method, params| {
        let (code, message) = error_of(method, params);
        assert_eq!(code, "BAD_REQUEST");
        message
    };
    assert!(
        bad("reboot", json!({}))
            .starts_with("request reboot: unknown variant `reboot`, expected one of `facts`, ")
    );
    assert_eq!(
        bad("read-file", json!({ "path": "/" })),
        "request read-file: missing field `maxBytes`"
    );
    assert!(bad("drain", json!({ "all": true })).starts_with("request drain: unknown field `all`"));
    assert!(bad("run", json!([])).starts_with("request run: invalid "));
    assert_eq!(
        bad("mount-cgroups", json!({ "mode": "v3" })),
        "request mount-cgroups: unknown variant `v3`, expected one of `v1`, `hybrid`, `v2`"
    );
    assert!(bad("list-directory", json!({ "path": "a\0b" })).contains("NUL byte"));
}

#[test]
fn only_a_sound_prepare_to_save_leaves_the_connection() {
    assert_eq!(ask("prepare-to-save", json!({})).1, Then::LeaveConnection);
    assert_eq!(
        ask("prepare-to-save", json!({ "now": true })).1,
        Then::Continue
    );
}

#[test]
fn an_answer_too_large_for_a_frame_is_an_error() {
    let long = Value::from("x".repeat(PAYLOAD_BYTES_MAX));
    let answer: Value = serde_json::from_slice(&encode_answer(1, Ok(&long))).unwrap();
    assert_eq!(answer["error"]["code"], "EMSGSIZE");
}

#[test]
fn one_agent_runs_at_a_time_and_its_end_is_reported() {
    let guest = guest();
    let call = |name, params| Method::parse(name, params, &[])?.call(&guest, &[]);
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent.sock");
    std::fs::write(&socket, "left by a previous agent").unwrap();
    let params = json!({ "argv": ["/bin/sleep", "1000"], "socket": socket });
    let end_of = |pid: &Value| {
        call("kill", json!({ "pids": [pid] })).unwrap();
        loop {
            match guest.agent.exit_event() {
                Some(event) if event["pid"] == *pid => break event["signal"].clone(),
                _ => std::thread::yield_now(),
            }
        }
    };
    let first = call("start-agent", params.clone()).unwrap()["pid"].clone();
    assert!(!socket.exists());
    let failure = call("start-agent", params.clone()).unwrap_err();
    assert_eq!(
        (failure.code.as_str(), failure.message),
        (
            "EBUSY",
            format!("the agent is already running, as process {first}")
        )
    );
    assert_eq!(guest.agent.exit_event(), None);
    assert_eq!(end_of(&first), "SIGKILL");
    let second = call("start-agent", params).unwrap()["pid"].clone();
    assert_eq!(end_of(&second), "SIGKILL");
}

proptest! {
    #[test]
    fn random_bytes_are_no_request(
        payload in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        prop_assert!(parse_request(&payload).is_err());
    }
}

#[test]
fn a_message_that_is_no_request_is_an_error_that_says_why() {
    let request = parse_request(br#"{"type":"request","id":3,"method":"facts"}"#).unwrap();
    assert_eq!(
        request,
        Request {
            id: 3,
            method: "facts".into(),
            params: json!({}),
            attachment: Vec::new(),
        }
    );
    let error = |text: &str| parse_request(text.as_bytes()).unwrap_err();
    assert!(error("{").contains("is not JSON"));
    assert!(error("[]").contains("found null"));
    assert!(error(r#"{"type":"response","id":1}"#).contains(r#"found "response""#));
    assert!(error(r#"{"type":"request","method":"x"}"#).contains("missing field `id`"));
    assert!(error(&"[".repeat(10_000)).contains("recursion limit"));
}

#[test]
fn what_follows_a_zero_byte_is_attached() {
    let text = br#"{"type":"request","id":3,"method":"install-file"}"#;
    let attached = [0, 255, 0];
    let request = parse_request(&[&text[..], &[0], &attached].concat()).unwrap();
    assert_eq!(request.attachment, attached);
    assert_eq!(parse_request(text).unwrap().attachment, b"");
}

#[test]
fn an_attachment_is_refused_where_it_is_of_no_use() {
    let (payload, _) = answer(
        &guest(),
        Request {
            id: 7,
            method: "facts".into(),
            params: json!({}),
            attachment: b"x".to_vec(),
        },
    );
    let answer: Value = serde_json::from_slice(&payload).unwrap();
    let message = "nothing can be attached to facts";
    assert_eq!(answer["error"]["message"], message);
}
