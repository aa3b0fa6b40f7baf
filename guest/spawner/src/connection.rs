//! One connection of kmx's, and the program that it starts.

use crate::message::{Answer, parse_request};
use crate::programs::{self, Ending, Program};
use crate::tail::Tail;
use nix::unistd::Pid;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

#[derive(Debug)]
pub struct Connection {
    stream: UnixStream,
    /// False once kmx has closed its half: it does not want the program any more.
    is_open: bool,
    state: State,
}

#[derive(Debug)]
enum State {
    Asked(Vec<u8>),
    Running(Program, Tail),
    Done,
}

impl Connection {
    pub const fn new(stream: UnixStream) -> Self {
        Self {
            stream,
            is_open: true,
            state: State::Asked(Vec::new()),
        }
    }

    pub const fn is_done(&self) -> bool {
        matches!(self.state, State::Done)
    }

    /// To be read while it is open.
    pub fn spoken(&self) -> Option<BorrowedFd<'_>> {
        self.is_open.then(|| self.stream.as_fd())
    }

    /// What the program prints.
    pub fn printed(&self) -> Option<BorrowedFd<'_>> {
        match &self.state {
            State::Running(program, _) if !program.is_silent => Some(program.printed.as_fd()),
            _ => None,
        }
    }

    /// Call it when `spoken` is readable.
    pub fn read_request(&mut self) {
        let mut bytes = [0; 64 * 1024];
        let count = match self.stream.read(&mut bytes) {
            Ok(count) => count,
            Err(error) if error.kind() == ErrorKind::Interrupted => return,
            // Reset: the same as closed.
            Err(_) => 0,
        };
        if count == 0 {
            return self.close();
        }
        let State::Asked(received) = &mut self.state else {
            return;
        };
        received.extend_from_slice(&bytes[..count]);
        match parse_request(received) {
            None => {}
            Some(Err(reason)) => self.refuse(reason),
            Some(Ok(request)) => match programs::start(&request) {
                Err(reason) => self.refuse(reason),
                Ok(program) => {
                    let pid = program.pid.as_raw();
                    self.state = State::Running(program, Tail::default());
                    self.answer(&Answer::Started { pid });
                }
            },
        }
    }

    /// Call it when `printed` is readable.
    pub fn read_output(&mut self) {
        if let State::Running(program, tail) = &mut self.state {
            program.read_output(tail);
        }
    }

    pub fn program_ended(&mut self, pid: Pid, ending: Ending) {
        match &mut self.state {
            State::Running(program, tail) if program.pid == pid => program.read_output(tail),
            _ => return,
        }
        let State::Running(_, tail) = std::mem::replace(&mut self.state, State::Done) else {
            return;
        };
        // Whatever else it started.
        programs::kill(pid);
        self.answer(&Answer::Ended {
            code: ending.ok(),
            signal: ending.err().map(|signal| signal.as_str().to_owned()),
            output: tail.into_text(),
        });
    }

    fn close(&mut self) {
        self.is_open = false;
        match &self.state {
            State::Running(program, _) => programs::kill(program.pid),
            State::Asked(_) => self.state = State::Done,
            State::Done => {}
        }
    }

    fn refuse(&mut self, reason: String) {
        self.state = State::Done;
        self.answer(&Answer::Refused { reason });
    }

    /// Fits into the socket's buffer, so it never waits for kmx. Nobody may be there to read it.
    fn answer(&mut self, answer: &Answer) {
        let _ = self.stream.write_all(&answer.to_line());
    }
}
