//! Misuse of the control channel (docs/guest-protocol.md): sends what init never would.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;
use std::thread;
use std::time::Duration;

const NAME: &str = "kmx.control";
const PORTS: &str = "/sys/class/virtio-ports";
const PORTS_WAIT: Duration = Duration::from_millis(50);

/// Misuses init's own port behind its back.
pub fn run(deed: &str) -> io::Result<()> {
    misuse(deed, borrow_from_init()?)
}

pub fn misuse(deed: &str, mut port: File) -> io::Result<()> {
    match deed {
        "garble" | "garble-hello" => port.write_all(b"This is no frame.\n"),
        "forge-pass" => {
            let hello = r#"{"type":"hello","protocol":1,"release":"forged","uptimeMs":1}"#;
            let pass = r#"{"type":"test-end","test":"boots","verdict":"pass","findings":[]}"#;
            port.write_all(&frame(1, hello.as_bytes()))?;
            port.write_all(&frame(2, pass.as_bytes()))
        }
        "nest-hello" => {
            let depth = 5_000;
            let nested = "[".repeat(depth) + &"]".repeat(depth);
            let hello = format!(
                r#"{{"type":"hello","protocol":1,"release":"nested","uptimeMs":1,"more":{nested}}}"#
            );
            port.write_all(&frame(1, hello.as_bytes()))
        }
        // Well-formed, but with a sequence far ahead of init's.
        "forge-answer" => port.write_all(&frame(
            1_000_000,
            br#"{"type":"response","id":1,"result":null}"#,
        )),
        "half-frame" => port.write_all(b"KMXF\x01\0\0\0\0\0"),
        "swallow" => swallow(&mut port),
        _ => Err(io::Error::other("no such misuse of the channel")),
    }
}

/// Reads what the host sends to init, so that init never gets it.
fn swallow(port: &mut File) -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match port.read(&mut buffer) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => thread::yield_now(),
            Err(error) => return Err(error),
        }
    }
}

/// A message with a correct checksum.
fn frame(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let mut header = vec![1, 0, 0, 0];
    header.extend(sequence.to_be_bytes());
    header.extend((payload.len() as u32).to_be_bytes());
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&header);
    hasher.update(payload);
    let checksum = hasher.finalize().to_be_bytes();
    [b"KMXF", &header[..], &checksum, payload].concat()
}

/// In a machine without init: mounts what is needed to find the port, and waits for it.
pub fn open_own() -> io::Result<File> {
    for (kind, path) in [(c"sysfs", c"/sys"), (c"devtmpfs", c"/dev")] {
        fs::create_dir_all(path.to_str().map_err(io::Error::other)?)?;
        // SAFETY: all pointers are to constant C strings, or null.
        let outcome = unsafe {
            let none = std::ptr::null();
            libc::mount(kind.as_ptr(), path.as_ptr(), kind.as_ptr(), 0, none)
        };
        // devtmpfs may be mounted already.
        if outcome != 0 && io::Error::last_os_error().kind() != io::ErrorKind::ResourceBusy {
            return Err(io::Error::last_os_error());
        }
    }
    load_modules()?;
    loop {
        if let Some(device) = find_device()? {
            return File::options()
                .read(true)
                .write(true)
                .open(Path::new("/dev").join(device));
        }
        thread::sleep(PORTS_WAIT);
    }
}

/// As init does it.
fn load_modules() -> io::Result<()> {
    let Ok(list) = fs::read_to_string("/kmx/modules.list") else {
        return Ok(());
    };
    for name in list.lines() {
        let module = File::open(Path::new("/kmx/modules").join(name))?;
        nix::kmod::finit_module(&module, c"", nix::kmod::ModuleInitFlags::empty())?;
    }
    Ok(())
}

fn find_device() -> io::Result<Option<String>> {
    let Ok(entries) = fs::read_dir(PORTS) else {
        return Ok(None);
    };
    for entry in entries {
        let entry = entry?;
        let name = fs::read_to_string(entry.path().join("name")).unwrap_or_default();
        if name.trim_end() == NAME {
            return Ok(Some(entry.file_name().to_string_lossy().into_owned()));
        }
    }
    Ok(None)
}

/// A port can only be opened once, so this copies init's descriptor.
fn borrow_from_init() -> io::Result<File> {
    let device = find_device()?.ok_or_else(|| io::Error::other("the guest has no such port"))?;
    let path = Path::new("/dev").join(device);
    let entries = fs::read_dir("/proc/1/fd")?.flatten();
    let number = entries
        .filter(|entry| fs::read_link(entry.path()).is_ok_and(|target| target == path))
        .find_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .ok_or_else(|| io::Error::other("init does not hold the port"))?;
    let init = open_process(1)?;
    // SAFETY: the kernel checks the numbers, and returns a descriptor that nobody else owns.
    let copy = unsafe { libc::syscall(libc::SYS_pidfd_getfd, init.as_raw_fd(), number, 0) };
    own(copy).map(File::from)
}

fn open_process(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: as above.
    own(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })
}

fn own(descriptor: i64) -> io::Result<OwnedFd> {
    if descriptor < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it has just been made, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor as i32) })
}

#[cfg(test)]
mod tests {
    use super::frame;

    #[test]
    fn a_frame_is_as_the_protocol_specifies() {
        // The checksum was computed with Python's zlib.crc32.
        let expected = b"KMXF\x01\0\0\0\0\0\0\x07\0\0\0\x02\x68\xe8\xdf\xed{}";
        assert_eq!(frame(7, b"{}"), expected);
    }
}
