//! What the kernel says about deprecated use while something is tried.

use crate::failure::Failure;
use crate::home::Home;
use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;

/// Documentation/ABI/testing/dev-kmsg: each read(2) returns one record.
const PATH: &str = "/dev/kmsg";
/// kernel/printk/printk.c: `PRINTK_MESSAGE_MAX`.
const RECORD_BYTES_MAX: usize = 8192;
/// Words that only stand in such records. All others (about hardware, say) differ from boot to boot.
const MARKS: [&str; 4] = ["deprecated", "legacy", "will be removed", "lists only v1"];

/// The kernel's log from now on.
pub struct KernelWords {
    /// None on a shared kernel: most of what it says is about others.
    log: Option<File>,
}

impl KernelWords {
    pub fn listen(home: &Home) -> Result<Self, Failure> {
        if home.shares_kernel() {
            return Ok(Self { log: None });
        }
        let failure = |error| Failure::io(format!("open {PATH}"), &error);
        let mut log = OpenOptions::new()
            .read(true)
            .custom_flags(libc::O_NONBLOCK)
            .open(PATH)
            .map_err(failure)?;
        log.seek(SeekFrom::End(0)).map_err(failure)?;
        Ok(Self { log: Some(log) })
    }

    /// Each once.
    pub fn warnings(self) -> Result<BTreeSet<String>, Failure> {
        let mut found = BTreeSet::new();
        let Some(mut log) = self.log else {
            return Ok(found);
        };
        let mut record = vec![0; RECORD_BYTES_MAX];
        loop {
            match log.read(&mut record) {
                Ok(length) => found.extend(warning_in(&String::from_utf8_lossy(&record[..length]))),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(found),
                // Records were overwritten before they were read; the next read continues after them.
                Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {}
                Err(error) => return Err(Failure::io(format!("read {PATH}"), &error)),
            }
        }
    }
}

/// `4,339,2563013,-;cgroup: …`, then lines about the device.
fn warning_in(record: &str) -> Option<String> {
    let (_, text) = record.split_once(';')?;
    let text = text.lines().next()?;
    MARKS
        .iter()
        .any(|mark| text.contains(mark))
        .then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_of_deprecated_use_counts() {
        let record = "4,339,2563013,-;init (1): memory.x is deprecated and will be removed.\n";
        assert_eq!(
            warning_in(record).as_deref(),
            Some("init (1): memory.x is deprecated and will be removed.")
        );
        assert_eq!(
            warning_in("3,340,2563014,-;cgroup: Unknown subsys name 'dmem'\n"),
            None
        );
        assert_eq!(warning_in("no record"), None);
    }
}
