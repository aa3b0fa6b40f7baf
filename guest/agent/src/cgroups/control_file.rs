//! A cgroup's control file: written with one write(2), then read back.
//!
//! cgroups-rs has setters of its own, but its errors lose the path, and some hide the kernel's
//! error. Here a limit that did not take effect is an error that names file, value and errno.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::failure::{Failure, describe_error};

#[derive(Debug)]
pub enum ControlError {
    /// The kernel does not have the file in this cgroup.
    Missing(PathBuf),
    Write(PathBuf, String, std::io::Error),
    Read(PathBuf, std::io::Error),
    /// Written without an error, but the file reads otherwise.
    Differs(PathBuf, String, String),
}

impl ControlError {
    /// The errno of a failed write.
    pub fn errno(&self) -> Option<i32> {
        match self {
            Self::Write(_, _, error) => error.raw_os_error(),
            _ => None,
        }
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        match error {
            ControlError::Missing(path) => {
                let missing = std::io::Error::from_raw_os_error(libc::ENOENT);
                Self::file("open", &path, &missing)
            }
            ControlError::Write(path, value, error) => Self::internal(format!(
                "write {value:?} to {}: {}",
                path.display(),
                describe_error(&error)
            )),
            ControlError::Read(path, error) => Self::file("read", &path, &error),
            ControlError::Differs(path, value, found) => Self::internal(format!(
                "wrote {value:?} to {}, but it reads {found:?}",
                path.display()
            )),
        }
    }
}

/// The file's text, trimmed.
pub fn read(path: &Path) -> Result<String, ControlError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err(ControlError::Missing(path.to_owned()))
        }
        Err(error) => Err(ControlError::Read(path.to_owned(), error)),
    }
}

/// Writes a value. Does not create the file: on cgroupfs that fails with a misleading EACCES.
pub fn write(path: &Path, value: &str) -> Result<(), ControlError> {
    let fail = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => ControlError::Missing(path.to_owned()),
        _ => ControlError::Write(path.to_owned(), value.to_owned(), error),
    };
    let mut file = OpenOptions::new().write(true).open(path).map_err(fail)?;
    file.write_all(value.as_bytes())
        .map_err(|error| ControlError::Write(path.to_owned(), value.to_owned(), error))
}

/// Writes a value, reads the file back, and asks `landed` whether that text means the value.
pub fn set(
    path: &Path,
    value: &str,
    landed: impl FnOnce(&str) -> bool,
) -> Result<(), ControlError> {
    write(path, value)?;
    let found = read(path)?;
    if landed(&found) {
        return Ok(());
    }
    Err(ControlError::Differs(
        path.to_owned(),
        value.to_owned(),
        found,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_file_is_not_made() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("cpu.max");
        assert!(matches!(write(&path, "1"), Err(ControlError::Missing(_))));
        assert!(!path.exists());
        let message = Failure::from(read(&path).unwrap_err()).message;
        assert!(
            message.ends_with("cpu.max: No such file or directory (ENOENT)"),
            "{message}"
        );
    }

    #[test]
    fn a_value_that_did_not_take_effect_is_an_error() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("pids.max");
        std::fs::write(&path, "").unwrap();
        set(&path, "5", |found| found == "5").unwrap();
        let failure = Failure::from(set(&path, "6", |found| found == "7").unwrap_err());
        assert!(failure.message.contains("wrote \"6\" to "), "{failure}");
        assert!(failure.message.ends_with("but it reads \"6\""), "{failure}");
    }
}
