//! Requests of a host: parsed, then answered by a thread each.

use crate::agent::Agent;
use crate::cgroups::Cgroups;
use crate::failure::Failure;
use crate::frame::PAYLOAD_BYTES_MAX;
use crate::home::Home;
use crate::methods::Method;
use crate::outbox::{Outbox, Outgoing, Slot, Then};
use crate::tool::Tool;
use nix::errno::Errno;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::thread;

/// Everything that requests act upon.
pub struct Guest {
    pub home: Home,
    pub agent: Agent,
    pub cgroups: Cgroups,
    pub outbox: Outbox,
    pub tool: Tool,
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

fn no_parameters() -> Value {
    json!({})
}

/// The request in a message: JSON, optionally followed by a zero byte, which JSON never contains,
/// and a raw attachment. Without an id there is nothing to answer, so after an error the connection
/// cannot be used any more.
pub fn parse_request(payload: &[u8]) -> Result<Request, String> {
    let end = payload.iter().position(|byte| *byte == 0);
    let (text, attachment) = match end {
        Some(end) => (&payload[..end], &payload[end + 1..]),
        None => (payload, &[][..]),
    };
    let message: Value = serde_json::from_slice(text)
        .map_err(|error| format!("a message has the right checksum, but is not JSON: {error}"))?;
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

/// Serves the request in a thread of its own and sends the answer to the connection it came from.
pub fn start(guest: &Arc<Guest>, connection: u64, slot: Slot, request: Request) {
    let id = request.id;
    let for_thread = Arc::clone(guest);
    let name = format!("request {id}");
    let spawned = thread::Builder::new().name(name).spawn(move || {
        let (payload, then) = answer(&for_thread, request);
        for_thread.outbox.send(Outgoing {
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

/// Answers with a failure without trying.
pub fn refuse(guest: &Guest, connection: u64, id: u64, failure: &Failure) {
    let payload = encode_answer(id, Err(failure));
    guest.outbox.send(Outgoing {
        connection: Some(connection),
        payload,
        then: Then::Continue,
        _slot: None,
    });
}

fn answer(guest: &Guest, request: Request) -> (Vec<u8>, Then) {
    let Request {
        id,
        method: name,
        params,
        attachment,
    } = request;
    let outcome = Method::parse(&name, params, &attachment).and_then(|method| {
        let then = method.then();
        Ok((method.call(guest, &attachment)?, then))
    });
    match outcome {
        Ok((result, then)) => (encode_answer(id, Ok(&result)), then),
        Err(failure) => (encode_answer(id, Err(&failure)), Then::Continue),
    }
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
    encode_answer(id, Err(&Failure::new(Errno::EMSGSIZE, text)))
}

#[cfg(test)]
mod tests;
