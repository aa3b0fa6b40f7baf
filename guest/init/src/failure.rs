//! Why a request failed, as the host is told.

use nix::errno::Errno;
use serde::Serialize;
use std::fmt::Display;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// An errno name, `BAD_REQUEST` or `UNSUPPORTED`.
    pub code: String,
    pub message: String,
}

impl Failure {
    pub fn new(code: Errno, message: impl Into<String>) -> Self {
        Self {
            code: errno_name(code as i32),
            message: message.into(),
        }
    }

    /// `doing` names the call and its object: `open /sys/fs/cgroup/x`.
    pub fn errno(doing: impl Display, errno: Errno) -> Self {
        Self::new(errno, format!("{doing}: {}", errno.desc()))
    }

    /// Like `errno`. A failure that the standard library found without asking the kernel is about
    /// what the host sent: a NUL byte in a path, for instance.
    pub fn io(doing: impl Display, error: &std::io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Self {
                code: errno_name(number),
                message: format!("{doing}: {}", Errno::from_raw(number).desc()),
            },
            None => Self::bad_request(format!("{doing}: {error}")),
        }
    }

    pub fn bad_request(message: impl Display) -> Self {
        Self {
            code: "BAD_REQUEST".into(),
            message: message.to_string(),
        }
    }

    pub fn unsupported(message: impl Display) -> Self {
        Self {
            code: "UNSUPPORTED".into(),
            message: message.to_string(),
        }
    }
}

/// `ENOENT` and the like; `ERRNO_524` for numbers that have no name outside the kernel.
pub fn errno_name(number: i32) -> String {
    match Errno::from_raw(number) {
        Errno::UnknownErrno => format!("ERRNO_{number}"),
        errno => format!("{errno:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;

    #[test]
    fn errors_of_the_kernel_have_errno_names() {
        let failure = Failure::errno("open /x", Errno::ENOENT);
        assert_eq!(failure.code, "ENOENT");
        assert_eq!(failure.message, "open /x: No such file or directory");
        assert_eq!(
            Failure::io("open /x", &io::Error::from_raw_os_error(2)),
            failure
        );
        assert_eq!(errno_name(524), "ERRNO_524");
    }

    #[test]
    fn errors_found_before_a_system_call_are_bad_requests() {
        let error = std::fs::File::open("a\0b").unwrap_err();
        assert_eq!(Failure::io("open", &error).code, "BAD_REQUEST");
    }
}
