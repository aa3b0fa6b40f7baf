//! The end of what a program printed.

/// Enough for QEMU's register dump after a KVM internal error.
const BYTES_MAX: usize = 8 * 1024;

#[derive(Debug, Default)]
pub struct Tail {
    bytes: Vec<u8>,
}

impl Tail {
    pub fn push(&mut self, printed: &[u8]) {
        self.bytes.extend_from_slice(printed);
        // Not each time: that would move all bytes for each that comes.
        if self.bytes.len() > 2 * BYTES_MAX {
            self.cut();
        }
    }

    fn cut(&mut self) {
        let surplus = self.bytes.len().saturating_sub(BYTES_MAX);
        self.bytes.drain(..surplus);
    }

    pub fn into_text(mut self) -> String {
        self.cut();
        String::from_utf8_lossy(&self.bytes).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_long_output_is_kept() {
        let mut tail = Tail::default();
        for number in 0..10_000 {
            tail.push(format!("line {number}\n").as_bytes());
        }
        let text = tail.into_text();
        assert!(text.len() <= BYTES_MAX && text.len() > BYTES_MAX - 100);
        assert!(text.ends_with("line 9999"));
    }
}
