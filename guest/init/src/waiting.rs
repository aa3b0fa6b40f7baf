//! Bytes read from one side and not yet written to the other.

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
