//! What a program that runs as root can do to a guest.

use nix::sys::ptrace;
use nix::sys::reboot::{RebootMode, reboot};
use nix::sys::signal;
use nix::unistd::Pid;
use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Write};
use std::num::ParseIntError;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::str::FromStr;
use std::thread;
use std::time::Duration;

const MIB: usize = 1024 * 1024;
/// More than any place in a guest should have.
const FILL_MIB_MAX: usize = 1024;

/// Ends the guest at once, past init. Returns only if that fails.
pub fn end_guest(how: RebootMode) -> io::Result<()> {
    reboot(how)
        .map(|never| match never {})
        .map_err(io::Error::from)
}

/// Allocates memory until the kernel kills it.
pub fn eat_memory() -> io::Result<()> {
    let mut held = Vec::new();
    loop {
        held.push(vec![1_u8; MIB]);
        black_box(held.last());
    }
}

/// Allocates memory, and the kernel may kill any process but this one.
pub fn eat_memory_unkillable() -> io::Result<()> {
    fs::write("/proc/self/oom_score_adj", "-1000")?;
    eat_memory()
}

/// Stops init's main thread, which serves the control channel, for good. Its other threads and the
/// agent go on. One of those threads will kill this program's process group for taking too long, so
/// the tracer runs in another one.
pub fn stop_init() -> io::Result<()> {
    let mut tracer = Command::new("/proc/self/exe")
        .arg("trace-init")
        .process_group(0)
        .spawn()?;
    Err(io::Error::other(format!(
        "the tracer ended: {}",
        tracer.wait()?
    )))
}

/// Returns only if init cannot be stopped.
pub fn trace_init() -> io::Result<()> {
    let init = Pid::from_raw(1);
    ptrace::seize(init, ptrace::Options::empty()).map_err(io::Error::from)?;
    ptrace::interrupt(init).map_err(io::Error::from)?;
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}

/// Writes this many MiB to the console, in a single line.
pub fn flood_console(mib: &str) -> io::Result<()> {
    let mib: usize = parse(mib)?;
    let mut console = File::options().write(true).open("/dev/console")?;
    let piece = vec![b'x'; 4096];
    for _ in 0..mib * MIB / piece.len() {
        console.write_all(&piece)?;
    }
    console.write_all(b"\n")
}

/// Writes to a file in the folder until nothing more fits.
pub fn fill(folder: &str) -> io::Result<()> {
    let mut file = File::create(Path::new(folder).join("filler"))?;
    let piece = vec![b'x'; MIB];
    for _ in 0..FILL_MIB_MAX {
        match file.write_all(&piece) {
            Err(error) if error.kind() == io::ErrorKind::StorageFull => return Ok(()),
            outcome => outcome?,
        }
    }
    Err(io::Error::other(format!(
        "{FILL_MIB_MAX} MiB fit into {folder}"
    )))
}

pub fn sleep(seconds: &str) -> io::Result<()> {
    thread::sleep(Duration::from_secs(parse(seconds)?));
    Ok(())
}

/// Stops the process: it stays, but does nothing more.
pub fn stop(pid: &str) -> io::Result<()> {
    signal::kill(Pid::from_raw(parse(pid)?), signal::SIGSTOP).map_err(io::Error::from)
}

fn parse<T: FromStr<Err = ParseIntError>>(word: &str) -> io::Result<T> {
    word.parse().map_err(io::Error::other)
}
