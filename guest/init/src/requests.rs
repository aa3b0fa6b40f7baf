//! What a host may ask for: docs/guest-protocol.md, "Messages".

use crate::agent::Agent;
use crate::cgroups::Cgroups;
use crate::failure::Failure;
use crate::frame::PAYLOAD_BYTES_MAX;
use crate::outbox::{Outbox, Outgoing, Slot, Then};
use crate::{files, processes, programs, restore};
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
    #[serde(skip)]
    attachment: Vec<u8>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn no_parameters() -> Value {
    json!({})
}

/// The request in a message: JSON, and behind a zero byte, which JSON never has, what is attached to
/// it raw. A message that is none leaves nobody to answer, so an error ends the trust in the host.
pub fn parse_request(payload: &[u8]) -> Result<Request, String> {
    let end = payload.iter().position(|byte| *byte == 0);
    let (text, attachment) = match end {
        Some(end) => (&payload[..end], &payload[end + 1..]),
        None => (payload, &[][..]),
    };
    let message: Value = serde_json::from_slice(text)
        .map_err(|error| format!("a message is no JSON though its checksum is right: {error}"))?;
    if message["type"] != "request" {
        return Err(format!(
            "expected a message of type request, found {}",
            message["type"]
        ));
    }
    let request = Request::deserialize(message)
        .map_err(|error| format!("a request is malformed: {error}"))?;
    Ok(Request {
        attachment: attachment.to_vec(),
        ..request
    })
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

fn answer(guest: &Guest, request: Request) -> (Vec<u8>, Then) {
    let Request { id, method, .. } = &request;
    let (id, method) = (*id, method.clone());
    let outcome = act(guest, request);
    let then = match method.as_str() {
        "power-off" if outcome.is_ok() => Then::PowerOff,
        "prepare-to-save" if outcome.is_ok() => Then::Part,
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

fn act(guest: &Guest, request: Request) -> Result<Value, Failure> {
    let Request {
        method,
        params,
        attachment,
        ..
    } = request;
    let method = method.as_str();
    if method == "install-file" {
        return done(files::install_file(&parse(method, params)?, &attachment));
    }
    if !attachment.is_empty() {
        return Err(Failure::bad_request(format!(
            "nothing can be attached to {method}"
        )));
    }
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
        "kill" => done(processes::kill_processes(&parse(method, params)?)),
        "prepare-to-save" => {
            parse(method, params).and_then(|Nothing {}| result(restore::prepare_to_save()))
        }
        "restored" => done(restore::refresh(&parse(method, params)?)),
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
mod tests;
