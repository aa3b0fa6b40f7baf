//! Workloads that read files, mainly cgroup files, and open devices.

use crate::say::say;
use nix::errno::Errno;
use serde_json::json;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

pub fn read(paths: &[PathBuf]) -> io::Result<()> {
    for path in paths {
        say(match fs::read(path) {
            Ok(bytes) => {
                let text = String::from_utf8_lossy(&bytes);
                json!({ "event": "read", "path": path.to_string_lossy(), "text": text })
            }
            Err(error) => {
                let error = errno_name(&error);
                json!({ "event": "read", "path": path.to_string_lossy(), "error": error })
            }
        })?;
    }
    Ok(())
}

pub fn open(path: &Path) -> io::Result<()> {
    let result = File::open(path).map_or_else(|error| errno_name(&error), |_| "ok".to_owned());
    say(json!({ "event": "open", "path": path.to_string_lossy(), "result": result }))
}

fn errno_name(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(number) => format!("{:?}", Errno::from_raw(number)),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_go_by_the_name_of_their_errno() {
        let error = File::open("/no/such/file").unwrap_err();
        assert_eq!(errno_name(&error), "ENOENT");
    }
}
