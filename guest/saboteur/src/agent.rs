//! An agent that fails: while it starts, or at the first call that is not a health call.

use crate::fakes;
use crate::ttrpc::{answer_serving, read_request};
use crate::two_panics::panic_twice;
use std::io::{self, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::thread;
use std::time::Duration;

const ADDRESS: &str = "KATA_AGENT_SERVER_ADDR";
const MIB: usize = 1024 * 1024;

pub fn run(deed: &str) -> io::Result<()> {
    match deed {
        "exit-at-start" => std::process::exit(3),
        "panic-at-start" => panic!("the agent panics on purpose while it starts"),
        "abort-at-start" => std::process::abort(),
        "deaf" => wait_for_ever(),
        _ => serve(deed),
    }
}

fn serve(deed: &str) -> io::Result<()> {
    let address = std::env::var(ADDRESS).map_err(io::Error::other)?;
    let listener = UnixListener::bind(address.trim_start_matches("unix://"))?;
    for connection in listener.incoming() {
        let connection = connection?;
        let deed = deed.to_owned();
        // A panic only ends this thread, as it would only end a task in tokio.
        thread::spawn(move || talk(&deed, connection));
    }
    Ok(())
}

fn talk(deed: &str, mut connection: UnixStream) -> io::Result<()> {
    if deed == "garble" {
        connection.write_all(b"This is not ttrpc, and longer than its header.\n")?;
    }
    while let Some(request) = read_request(&mut connection)? {
        if deed != "mute" && request.is_of_health() {
            answer_serving(&mut connection, &request)?;
        } else {
            misbehave(deed)?;
        }
    }
    Ok(())
}

fn misbehave(deed: &str) -> io::Result<()> {
    match deed {
        "mute" | "garble" | "hang" => Ok(()),
        "panic" => panic!("the agent panics on purpose in a call"),
        "panic-twice" => panic_twice(),
        "abort" => std::process::abort(),
        "exit" => std::process::exit(3),
        "print-fakes" => fakes::print(),
        "flood-lines" => flood(100 * MIB, b"one of very many lines\n"),
        "flood-line" => flood(100 * MIB, b"one line without an end, "),
        _ => Err(io::Error::other("an agent has no such deed")),
    }
}

/// Writes this many bytes to stderr, then panics: late output must be noticed, too.
fn flood(bytes: usize, part: &[u8]) -> io::Result<()> {
    let piece = part.repeat(64 * 1024 / part.len());
    let mut stderr = io::stderr().lock();
    for _ in 0..bytes / piece.len() {
        stderr.write_all(&piece)?;
    }
    stderr.write_all(b"\n")?;
    drop(stderr);
    panic!("the agent panics on purpose after a flood")
}

fn wait_for_ever() -> io::Result<()> {
    loop {
        thread::sleep(Duration::from_secs(3600));
    }
}
