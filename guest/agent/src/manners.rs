//! How the two personalities treat their callers. docs/reference-agent.md has the table.
//!
//! The unguarded personality has the habits of kata-agent 3.10.1, as they were seen in guests, so
//! that a client which gets along with this agent gets along with that one. None is a defect: they
//! only demand that a client reads a process's output before it waits for its end, gives things
//! time, and does not wait without a limit.

use std::time::Duration;

use crate::failure::Failure;
use crate::pidfd::Exit;

/// Everything but the missing controllers in which the two personalities differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Manners {
    /// Those of `--guard=on`.
    Considerate,
    /// Those of `--guard=off`.
    OfKata,
}

impl Manners {
    /// Whether a process that WaitProcess has answered for is unknown to every later call. Calls
    /// that wait at that moment are still answered.
    pub fn forgets_waited_processes(self) -> bool {
        self == Self::OfKata
    }

    /// Whether an id stays taken although its container could not be created.
    pub fn keeps_failed_ids(self) -> bool {
        self == Self::OfKata
    }

    /// Whether StartContainer never answers for a container whose process has ended before:
    /// kata-agent opens a fifo then, and nobody will ever open its other end.
    pub fn waits_for_the_dead(self) -> bool {
        self == Self::OfKata
    }

    /// How long a cgroup outlives the answer to RemoveContainer: kata-agent does not wait until the
    /// kernel lets go of it. Longer than a call takes, so that a client that does not wait either
    /// always notices.
    pub fn cgroup_outlives_removal(self) -> Duration {
        match self {
            Self::Considerate => Duration::ZERO,
            Self::OfKata => Duration::from_millis(200),
        }
    }

    /// What a read answers that has met the end of its stream.
    pub fn end_of_stream(self) -> Result<Vec<u8>, Failure> {
        match self {
            Self::Considerate => Ok(Vec::new()),
            Self::OfKata => Err(Failure::internal("read meet eof")),
        }
    }

    /// A process's end as WaitProcess answers it. For a signal that is 128 and its number, as in
    /// shells and kata-agent 4.0.0, or the bare number.
    pub fn status(self, exit: Exit) -> i32 {
        match (exit, self) {
            (Exit::Code(code), _) => code,
            (Exit::Signal(signal), Self::Considerate) => 128 + signal,
            (Exit::Signal(signal), Self::OfKata) => signal,
        }
    }

    /// The refusal of a process that is not there, or not any more.
    pub fn unknown_process(self, container: &str, exec_id: &str) -> Failure {
        match self {
            Self::Considerate => {
                Failure::not_found(format!("container {container} has no process {exec_id:?}"))
            }
            Self::OfKata => Failure::internal("Invalid exec id"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Manners::{Considerate, OfKata};
    use super::*;
    use ttrpc::Code;

    #[test]
    fn a_stream_ends_empty_or_with_an_error() {
        assert_eq!(Considerate.end_of_stream(), Ok(Vec::new()));
        let failure = OfKata.end_of_stream().unwrap_err();
        assert_eq!(
            (failure.code, failure.message.as_str()),
            (Code::INTERNAL, "read meet eof")
        );
    }

    #[test]
    fn only_a_considerate_status_tells_a_signal_from_an_exit_code() {
        let statuses = |exit| (Considerate.status(exit), OfKata.status(exit));
        assert_eq!(statuses(Exit::Code(9)), (9, 9));
        assert_eq!(statuses(Exit::Signal(9)), (137, 9));
    }

    #[test]
    fn an_unknown_process_is_named_or_called_invalid() {
        let failure = Considerate.unknown_process("c1", "c1-exec1");
        assert_eq!(failure.code, Code::NOT_FOUND);
        assert_eq!(failure.message, "container c1 has no process \"c1-exec1\"");
        let failure = OfKata.unknown_process("c1", "c1-exec1");
        assert_eq!(
            (failure.code, failure.message.as_str()),
            (Code::INTERNAL, "Invalid exec id")
        );
    }
}
