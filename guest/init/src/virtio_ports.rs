//! Virtio-serial ports: the ports of a machine, found by name.

use crate::failure::errno_name;
use crate::port::Port;
use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::thread::sleep;
use std::time::{Duration, Instant};

const PORTS_FOLDER: &str = "/sys/class/virtio-ports";
const LOOK_AGAIN: Duration = Duration::from_millis(5);

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_ports_are_named_along_with_those_that_exist() {
        let devices = BTreeMap::from([("a".to_owned(), "vport1p1".to_owned())]);
        let text = explain_missing(&["a", "b"], &devices, Duration::from_secs(3));
        assert!(text.contains("after 3 s"));
        assert!(text.contains(r#"no port named ["b"], only ["a"]"#));
    }
}
