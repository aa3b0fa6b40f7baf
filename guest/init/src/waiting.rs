//! Bytes read from one side and not yet written to the other.

use std::io::ErrorKind;
use std::time::Duration;

/// How long a lost wake-up may delay a connection. Without KVM one gets lost now and then: a host's
/// bytes were seen to stay in a port until more arrived, however long that took, which looks like a
/// hanging agent.
pub const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How much is read at once.
pub const CHUNK_BYTES: usize = 32 * 1024;

#[derive(Default)]
pub struct Waiting {
    bytes: Vec<u8>,
}

impl Waiting {
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    pub fn clear(&mut self) {
        self.bytes.clear();
    }

    /// Writes what the other side accepts now, and returns how many bytes that was.
    pub fn write_some<E>(
        &mut self,
        write: impl FnOnce(&[u8]) -> Result<usize, E>,
    ) -> Result<usize, E> {
        if self.bytes.is_empty() {
            return Ok(0);
        }
        let written = write(&self.bytes)?;
        self.bytes.drain(..written);
        Ok(written)
    }
}

/// Writes nothing where it would have to wait.
pub fn without_blocking(written: std::io::Result<usize>) -> std::io::Result<usize> {
    match written {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(0)
        }
        outcome => outcome,
    }
}
