//! What a host may ask for: docs/guest-protocol.md, "Messages".

use crate::agent::Agent;
use crate::cgroups::Cgroups;
use crate::failure::Failure;
use crate::frame::PAYLOAD_BYTES_MAX;
use crate::outbox::{Outbox, Outgoing, Slot, Then};
use crate::{files, processes, programs};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;

/// Everything that requests act upon.
pub struct Guest {
    pub agent: Agent,
    pub cgroups: Cgroups,
    pub outbox: Outbox,
}

#[derive(Debug, PartialEq, Deserialize)]
pub struct Request {
    pub id: u64,
    method: String,
    #[serde(default = "no_parameters")]
    params: Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn no_parameters() -> Value {
    json!({})
}

/// The request in a message. A message that is none leaves nobody to answer, so an error ends the
/// trust in the host.
pub fn parse_request(payload: &[u8]) -> Result<Request, String> {
    let message: Value = serde_json::from_slice(payload)
        .map_err(|error| format!("a message is no JSON though its checksum is right: {error}"))?;
    if message["type"] != "request" {
        return Err(format!(
            "expected a message of type request, found {}",
            message["type"]
        ));
    }
    Request::deserialize(message).map_err(|error| format!("a request is malformed: {error}"))
}

/// Does what is asked in a thread of its own and sends the answer to the connection it came from.
pub fn start(guest: &Arc<Guest>, connection: u64, slot: Slot, request: Request) {
    let id = request.id;
    let working = Arc::clone(guest);
    let name = format!("request {id}");
    let spawned = thread::Builder::new().name(name).spawn(move || {
        let (payload, then) = answer(&working, request);
        working.outbox.send(Outgoing {
            connection: Some(connection),
            payload,
            then,
            _slot: Some(slot),
        });
    });
    if let Err(error) = spawned {
        refuse(
            guest,
            connection,
            id,
            &Failure::io("start a thread for the request", &error),
        );
    }
}

/// Answers with a failure without having tried.
pub fn refuse(guest: &Guest, connection: u64, id: u64, failure: &Failure) {
    let payload = encode_answer(id, Err(failure));
    let then = Then::GoOn;
    guest.outbox.send(Outgoing {
        connection: Some(connection),
        payload,
        then,
        _slot: None,
    });
}

fn answer(guest: &Guest, Request { id, method, params }: Request) -> (Vec<u8>, Then) {
    let outcome = act(guest, &method, params);
    let then = match method.as_str() {
        "power-off" if outcome.is_ok() => Then::PowerOff,
        _ => Then::GoOn,
    };
    (encode_answer(id, outcome.as_ref()), then)
}

fn encode_answer(id: u64, outcome: Result<&Value, &Failure>) -> Vec<u8> {
    let answer = match outcome {
        Ok(result) => json!({ "type": "response", "id": id, "result": result }),
        Err(error) => json!({ "type": "response", "id": id, "error": error }),
    };
    let payload = answer.to_string().into_bytes();
    if payload.len() <= PAYLOAD_BYTES_MAX {
        return payload;
    }
    let found = payload.len();
    let text = format!("expected an answer of at most {PAYLOAD_BYTES_MAX} bytes, found {found}");
    encode_answer(
        id,
        Err(&Failure {
            code: "EMSGSIZE".into(),
            message: text,
        }),
    )
}

fn act(guest: &Guest, method: &str, params: Value) -> Result<Value, Failure> {
    match method {
        "facts" => parse(method, params).and_then(|Nothing {}| result(guest.cgroups.facts()?)),
        "mount-cgroups" => result(guest.cgroups.mount(&parse(method, params)?)?),
        "start-agent" => {
            let pid = guest.agent.start(parse(method, params)?, &guest.outbox)?;
            Ok(json!({ "pid": pid }))
        }
        "stop-agent" => parse(method, params).and_then(|Nothing {}| result(guest.agent.stop()?)),
        "drain" => parse(method, params).and_then(|Nothing {}| result(guest.agent.drain()?)),
        "relay" => parse(method, params).and_then(|Nothing {}| result(guest.agent.relay.status())),
        "run" => result(programs::run(
            &guest.agent.children,
            parse(method, params)?,
        )?),
        "read-file" => result(files::read_file(&parse(method, params)?)?),
        "write-file" => done(files::write_file(&parse(method, params)?)),
        "list-directory" => result(files::list_directory(&parse(method, params)?)?),
        "make-directory" => done(files::make_directory(&parse(method, params)?)),
        "remove-directory" => done(files::remove_directory(&parse(method, params)?)),
        "processes" => {
            parse(method, params).and_then(|Nothing {}| result(processes::list_processes()))
        }
        "power-off" => done(parse(method, params).map(|Nothing {}| ())),
        _ => Err(Failure::bad_request(format!(
            "there is no method {method:?}"
        ))),
    }
}

fn parse<T: DeserializeOwned>(method: &str, params: Value) -> Result<T, Failure> {
    serde_json::from_value(params)
        .map_err(|error| Failure::bad_request(format!("parameters of {method}: {error}")))
}

fn result(value: impl Serialize) -> Result<Value, Failure> {
    Ok(serde_json::to_value(value).expect("results are plain values with text keys"))
}

fn done(outcome: Result<(), Failure>) -> Result<Value, Failure> {
    outcome.map(|()| json!({}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::children::tests::reaped_children;
    use crate::outbox::open_outbox;
    use crate::relay::Relay;
    use crate::streams::Stream;
    use proptest::prelude::*;

    fn guest() -> Guest {
        let stream = || Arc::new(Stream::new().unwrap());
        let relay = Arc::new(Relay::new().unwrap());
        let agent = Agent::new(reaped_children(), stream(), stream(), relay);
        Guest {
            agent,
            cgroups: Cgroups::default(),
            outbox: open_outbox().unwrap().0,
        }
    }

    fn ask(method: &str, params: Value) -> (Value, Then) {
        let (payload, then) = answer(
            &guest(),
            Request {
                id: 7,
                method: method.into(),
                params,
            },
        );
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
        assert_eq!(then, Then::GoOn);
    }

    #[test]
    fn a_failure_is_answered_with_its_code() {
        let (code, message) = error_of("make-directory", json!({ "path": "/proc/x/y" }));
        assert_eq!(code, "ENOENT");
        assert_eq!(message, "mkdir /proc/x/y: No such file or directory");
    }

    #[test]
    fn unknown_methods_and_wrong_parameters_are_named() {
        let bad = |method, params| {
            let (code, message) = error_of(method, params);
            assert_eq!(code, "BAD_REQUEST");
            message
        };
        assert_eq!(bad("reboot", json!({})), "there is no method \"reboot\"");
        assert!(bad("read-file", json!({ "path": "/" })).contains("missing field `maxBytes`"));
        assert!(
            bad("drain", json!({ "all": true }))
                .contains("parameters of drain: unknown field `all`")
        );
        assert!(bad("run", json!([])).contains("parameters of run"));
        assert!(bad("make-directory", json!({ "path": "a\0b" })).contains("NUL byte"));
    }

    #[test]
    fn power_goes_off_only_after_a_sound_request() {
        assert_eq!(ask("power-off", json!({})).1, Then::PowerOff);
        assert_eq!(ask("power-off", json!({ "now": true })).1, Then::GoOn);
    }

    #[test]
    fn an_answer_that_fits_no_frame_is_an_error() {
        let long = Value::from("x".repeat(PAYLOAD_BYTES_MAX));
        let answer: Value = serde_json::from_slice(&encode_answer(1, Ok(&long))).unwrap();
        assert_eq!(answer["error"]["code"], "EMSGSIZE");
    }

    #[test]
    fn the_agent_is_started_heard_and_stopped() {
        let guest = guest();
        let act = |method, params| super::act(&guest, method, params);
        assert_eq!(act("stop-agent", json!({})).unwrap_err().code, "ESRCH");
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent.sock");
        std::fs::write(&socket, "what a former agent left").unwrap();
        let params = json!({ "argv": ["/bin/sleep", "1000"], "socket": socket });
        let pid = act("start-agent", params.clone()).unwrap()["pid"].clone();
        assert!(!socket.exists());
        let failure = act("start-agent", params.clone()).unwrap_err();
        assert_eq!(
            (failure.code.as_str(), failure.message),
            ("EBUSY", format!("the agent runs already, as process {pid}"),)
        );
        assert_eq!(guest.agent.exit_event(), None);
        let exit = json!({ "code": null, "signal": "SIGTERM" });
        assert_eq!(act("stop-agent", json!({})), Ok(exit.clone()));
        assert_eq!(act("stop-agent", json!({})), Ok(exit));
        assert_eq!(guest.agent.exit_event().unwrap()["pid"], pid);
        assert!(act("start-agent", params).is_ok());
        assert!(act("stop-agent", json!({})).is_ok());
    }

    proptest! {
        #[test]
        fn whatever_a_message_is_it_is_a_request_or_an_error(
            payload in prop::collection::vec(any::<u8>(), 0..60),
        ) {
            prop_assert!(parse_request(&payload).is_err());
        }
    }

    #[test]
    fn messages_that_are_no_requests_are_told_apart() {
        let request = parse_request(br#"{"type":"request","id":3,"method":"facts"}"#).unwrap();
        assert_eq!(
            request,
            Request {
                id: 3,
                method: "facts".into(),
                params: json!({})
            }
        );
        let error = |text: &str| parse_request(text.as_bytes()).unwrap_err();
        assert!(error("{").contains("no JSON"));
        assert!(error("[]").contains("found null"));
        assert!(error(r#"{"type":"response","id":1}"#).contains(r#"found "response""#));
        assert!(error(r#"{"type":"request","method":"x"}"#).contains("missing field `id`"));
        assert!(error(&"[".repeat(10_000)).contains("recursion limit"));
    }
}
