//! Virtio-serial ports: found by name, never blocking, with or without a host at the other end.

use crate::failure::errno_name;
use crate::waiter::Waiter;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::thread::sleep;
use std::time::{Duration, Instant};

const PORTS_FOLDER: &str = "/sys/class/virtio-ports";
const LOOK_AGAIN: Duration = Duration::from_millis(5);

/// What reading a port found.
#[derive(Debug, PartialEq, Eq)]
pub enum Arrived {
    Bytes(usize),
    /// There is a host, but it has sent nothing.
    Nothing,
    NoHost,
}

pub struct Port {
    file: File,
}

impl Port {
    /// Reads what has arrived. What a host sent before it left is read before `NoHost`.
    pub fn read(&self, buffer: &mut [u8]) -> nix::Result<Arrived> {
        match retry(|| nix::unistd::read(&self.file, buffer)) {
            Ok(0) => Ok(Arrived::NoHost),
            Ok(bytes) => Ok(Arrived::Bytes(bytes)),
            Err(Errno::EAGAIN) => Ok(Arrived::Nothing),
            Err(errno) => Err(errno),
        }
    }

    /// Returns how many bytes were written: 0 if the host accepts none now, or if there is none.
    pub fn write(&self, bytes: &[u8]) -> nix::Result<usize> {
        match retry(|| nix::unistd::write(&self.file, bytes)) {
            Err(Errno::EAGAIN) => Ok(0),
            outcome => outcome,
        }
    }

    /// Writes everything; the rest goes to the next host if the present one leaves.
    pub fn write_all(&self, mut bytes: &[u8], waiter: &Waiter) -> nix::Result<()> {
        while !bytes.is_empty() {
            match self.write(bytes)? {
                0 => waiter.wait(None),
                written => bytes = &bytes[written..],
            }
        }
        Ok(())
    }

    pub fn has_host(&self) -> nix::Result<bool> {
        let mut polled = [PollFd::new(self.file.as_fd(), PollFlags::empty())];
        retry(|| poll(&mut polled, PollTimeout::ZERO))?;
        Ok(!polled[0].any().unwrap_or(true))
    }
}

impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

/// The file must be non-blocking, and read as 0 bytes while nobody is at its other end.
impl From<File> for Port {
    fn from(file: File) -> Self {
        Self { file }
    }
}

/// Opens the ports with these names, and waits for them for up to `timeout`: their names come in a
/// message from the host, some time after the driver was loaded. An error says which are missing
/// and which exist.
pub fn open_ports<const N: usize>(
    names: [&str; N],
    timeout: Duration,
) -> Result<[Port; N], String> {
    let deadline = Instant::now() + timeout;
    let mut devices = list_ports();
    while !names.iter().all(|name| devices.contains_key(*name)) {
        if Instant::now() >= deadline {
            return Err(explain_missing(&names, &devices, timeout));
        }
        sleep(LOOK_AGAIN);
        devices = list_ports();
    }
    let mut ports = Vec::with_capacity(N);
    for name in names {
        ports.push(open_port(&devices[name])?);
    }
    Ok(ports
        .try_into()
        .unwrap_or_else(|_| unreachable!("one port for each name")))
}

fn explain_missing(names: &[&str], devices: &BTreeMap<String, String>, waited: Duration) -> String {
    let missing: Vec<_> = names
        .iter()
        .filter(|name| !devices.contains_key(**name))
        .collect();
    let found: Vec<_> = devices.keys().collect();
    format!(
        "after {} s {PORTS_FOLDER} has no port named {missing:?}, only {found:?}: does QEMU \
         provide it, and did the virtio modules load?",
        waited.as_secs()
    )
}

/// Port name → device name, for ports that have a name.
fn list_ports() -> BTreeMap<String, String> {
    let entries = fs::read_dir(PORTS_FOLDER).into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let name = fs::read_to_string(entry.path().join("name")).ok()?;
        Some((
            name.trim_end().to_owned(),
            entry.file_name().into_string().ok()?,
        ))
    });
    named.collect()
}

fn open_port(device: &str) -> Result<Port, String> {
    let path = format!("/dev/{device}");
    let opened = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(&path);
    opened.map(Port::from).map_err(|error| {
        format!(
            "open {path}: {}",
            error.raw_os_error().map_or(error.to_string(), errno_name)
        )
    })
}

fn retry<T>(mut call: impl FnMut() -> nix::Result<T>) -> nix::Result<T> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    fn connected() -> (Port, UnixStream) {
        let (ours, host) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        (Port::from(File::from(OwnedFd::from(ours))), host)
    }

    #[test]
    fn a_silent_host_and_none_are_told_apart() {
        let (port, mut host) = connected();
        let mut buffer = [0; 8];
        assert_eq!(port.read(&mut buffer), Ok(Arrived::Nothing));
        assert_eq!(port.has_host(), Ok(true));
        host.write_all(b"last").unwrap();
        drop(host);
        assert_eq!(port.has_host(), Ok(false));
        assert_eq!(port.read(&mut buffer), Ok(Arrived::Bytes(4)));
        assert_eq!(port.read(&mut buffer), Ok(Arrived::NoHost));
    }

    #[test]
    fn missing_ports_are_named_along_with_those_that_exist() {
        let devices = BTreeMap::from([("a".to_owned(), "vport1p1".to_owned())]);
        let text = explain_missing(&["a", "b"], &devices, Duration::from_secs(3));
        assert!(text.contains("after 3 s"));
        assert!(text.contains(r#"no port named ["b"], only ["a"]"#));
    }
}
