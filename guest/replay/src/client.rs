//! Calls to the agent, each with whatever answer it gets.

use crate::recording::{Call, Ending};
use std::time::{Duration, Instant};
use ttrpc::{Client, Error, Request};

/// How a call ended, and what the agent said to it if it refused.
#[derive(Debug, PartialEq, Eq)]
pub struct Outcome {
    pub ending: Ending,
    pub reason: String,
}

const RETRY: Duration = Duration::from_millis(20);

/// Connects as soon as the agent listens.
pub fn connect(socket: &str, timeout: Duration) -> Result<Client, Error> {
    let started = Instant::now();
    loop {
        match Client::connect(&format!("unix://{socket}")) {
            Err(_) if started.elapsed() < timeout => std::thread::sleep(RETRY),
            outcome => return outcome,
        }
    }
}

/// The payload is sent as it was recorded: nothing here knows the agent's messages.
pub fn send(client: &Client, call: &Call, timeout: Duration) -> Outcome {
    let request = Request {
        service: call.service.clone(),
        method: call.method.clone(),
        payload: call.payload.clone(),
        timeout_nano: timeout.as_nanos() as i64,
        ..Request::default()
    };
    let started = Instant::now();
    let (ending, reason) = match client.request(request) {
        Ok(_) => (Ending::Answered, String::new()),
        Err(Error::RpcStatus(status)) => (
            Ending::Refused,
            format!("{:?}: {}", status.code(), status.message()),
        ),
        // The library has no error of its own for it.
        Err(_) if started.elapsed() >= timeout => (Ending::Timeout, String::new()),
        Err(error) => (Ending::Lost, error.to_string()),
    };
    Outcome { ending, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::os::unix::net::UnixListener;
    use std::thread;

    fn call() -> Call {
        Call {
            number: 1,
            service: "grpc.Health".into(),
            method: "Check".into(),
            payload: vec![],
            after: vec![],
            recorded: Ending::Answered,
        }
    }

    /// An agent that answers the first request with these bytes.
    fn outcome(answer: Option<&'static [u8]>) -> Outcome {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent.sock");
        let path = socket.to_str().unwrap().to_owned();
        let agent = thread::spawn(move || {
            // It takes a while to listen.
            thread::sleep(Duration::from_millis(50));
            let (mut connection, _) = UnixListener::bind(socket).unwrap().accept().unwrap();
            let mut header = [0; 10];
            connection.read_exact(&mut header).unwrap();
            let mut payload = vec![0; u32::from_be_bytes(header[..4].try_into().unwrap()) as usize];
            connection.read_exact(&mut payload).unwrap();
            if let Some(answer) = answer {
                let mut frame = (answer.len() as u32).to_be_bytes().to_vec();
                frame.extend(&header[4..8]);
                frame.extend([2, 0]);
                frame.extend(answer);
                connection.write_all(&frame).unwrap();
                // Until the client leaves.
                let _ = connection.read(&mut [0]);
            }
        });
        let client = connect(&path, Duration::from_secs(60)).unwrap();
        let outcome = send(&client, &call(), Duration::from_secs(60));
        drop(client);
        agent.join().unwrap();
        outcome
    }

    #[test]
    fn an_answer_a_refusal_and_a_broken_connection_are_told_apart() {
        assert_eq!(outcome(Some(&[])).ending, Ending::Answered);
        let refused = outcome(Some(b"\x0a\x08\x08\x0d\x12\x04none"));
        assert_eq!(refused.ending, Ending::Refused);
        assert_eq!(refused.reason, "INTERNAL: none");
        assert_eq!(outcome(None).ending, Ending::Lost);
    }

    #[test]
    fn an_agent_that_never_listens_is_given_up() {
        assert!(connect("/does/not/exist", Duration::from_millis(50)).is_err());
    }
}
