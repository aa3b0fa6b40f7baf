//! Just enough of ttrpc (PROTOCOL.md of containerd/ttrpc) to pass for an agent: reads requests, and
//! answers those of the health service. The library that the reference agent uses would not let us
//! misbehave.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;

const HEADER_BYTES: usize = 10;
const RESPONSE: u8 = 2;
/// A `ttrpc.Response` with a payload (field 2) of two bytes: `HealthCheckResponse.status` (field 1)
/// is SERVING (1).
const SERVING: [u8; 4] = [0x12, 0x02, 0x08, 0x01];

pub struct Request {
    stream_id: [u8; 4],
    payload: Vec<u8>,
}

impl Request {
    pub fn is_of_health(&self) -> bool {
        let service = b"grpc.Health";
        self.payload
            .windows(service.len())
            .any(|part| part == service)
    }
}

/// `None` once the other end has closed the connection.
pub fn read_request(connection: &mut UnixStream) -> io::Result<Option<Request>> {
    let mut header = [0; HEADER_BYTES];
    match connection.read_exact(&mut header) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        outcome => outcome?,
    }
    let [a, b, c, d, e, f, g, h, ..] = header;
    let mut payload = vec![0; u32::from_be_bytes([a, b, c, d]) as usize];
    connection.read_exact(&mut payload)?;
    Ok(Some(Request {
        stream_id: [e, f, g, h],
        payload,
    }))
}

pub fn answer_serving(connection: &mut UnixStream, request: &Request) -> io::Result<()> {
    let mut frame = (SERVING.len() as u32).to_be_bytes().to_vec();
    frame.extend(request.stream_id);
    frame.extend([RESPONSE, 0]);
    frame.extend(SERVING);
    connection.write_all(&frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_health_call_is_answered_on_its_own_stream() {
        let (mut ours, mut host) = UnixStream::pair().unwrap();
        let payload = b"\x0a\x0bgrpc.Health\x12\x05Check";
        host.write_all(&[0, 0, 0, 20, 0, 0, 0, 5, 1, 0]).unwrap();
        host.write_all(payload).unwrap();
        let request = read_request(&mut ours).unwrap().unwrap();
        assert!(request.is_of_health());
        answer_serving(&mut ours, &request).unwrap();
        drop(ours);
        let mut answer = Vec::new();
        host.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, [0, 0, 0, 4, 0, 0, 0, 5, 2, 0, 0x12, 2, 8, 1]);
    }

    #[test]
    fn a_closed_connection_is_no_request() {
        let (mut ours, host) = UnixStream::pair().unwrap();
        drop(host);
        assert!(read_request(&mut ours).unwrap().is_none());
    }
}
