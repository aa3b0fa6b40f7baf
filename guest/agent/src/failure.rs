//! Why a call was refused or failed, as the caller is told.

use std::fmt;
use std::path::Path;

use nix::errno::Errno;
use ttrpc::Code;

/// A ttrpc code and a sentence for the caller.
#[derive(Debug, PartialEq)]
pub struct Failure {
    pub code: Code,
    pub message: String,
}

impl Failure {
    fn new(code: Code, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }

    /// The request itself is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::INVALID_ARGUMENT, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NOT_FOUND, message)
    }

    pub fn exists(message: impl Into<String>) -> Self {
        Self::new(Code::ALREADY_EXISTS, message)
    }

    /// The guest or the container's state does not allow it.
    pub fn precondition(message: impl Into<String>) -> Self {
        Self::new(Code::FAILED_PRECONDITION, message)
    }

    /// This agent cannot do it in any guest.
    pub fn unimplemented(message: impl Into<String>) -> Self {
        Self::new(Code::UNIMPLEMENTED, message)
    }

    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::INTERNAL, message)
    }

    pub fn deadline(message: impl Into<String>) -> Self {
        Self::new(Code::DEADLINE_EXCEEDED, message)
    }

    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::new(Code::UNAVAILABLE, message)
    }

    /// An INTERNAL failure for a system call on a file: what was tried, the path, the errno.
    pub fn file(action: &str, path: &Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::internal(format!("{action} {path}: {}", describe_error(error)))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<Failure> for ttrpc::Error {
    fn from(failure: Failure) -> Self {
        ttrpc::Error::RpcStatus(ttrpc::get_status(failure.code, failure.message))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::internal(format!("{error:#}"))
    }
}

/// An I/O error with its errno's name: `Invalid argument (EINVAL)`.
pub fn describe_error(error: &std::io::Error) -> String {
    match error.raw_os_error().map(Errno::from_raw) {
        Some(errno) => format!("{} ({errno:?})", errno.desc()),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_failure_names_path_and_errno() {
        let error = std::io::Error::from_raw_os_error(libc::EINVAL);
        let failure = Failure::file("write", Path::new("/a/b"), &error);
        assert_eq!(failure.message, "write /a/b: Invalid argument (EINVAL)");
        assert_eq!(failure.code, Code::INTERNAL);
    }
}
