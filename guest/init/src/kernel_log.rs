//! Whether the host can have seen what the kernel reports: the taint that reports leave behind, and
//! the level from which messages reach the console.

use crate::failure::Failure;
use serde::Serialize;
use std::fs;
use std::sync::OnceLock;

/// Flags, as bits: Documentation/admin-guide/tainted-kernels.rst.
const TAINTED: &str = "/proc/sys/kernel/tainted";
/// The first number is the console's level: Documentation/admin-guide/sysctl/kernel.rst, "printk".
const PRINTK: &str = "/proc/sys/kernel/printk";

static LEVEL_AT_START: OnceLock<u32> = OnceLock::new();

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KernelLog {
    pub tainted: u64,
    /// Messages of a lower number than this reach the console.
    pub console_log_level: u32,
    /// The same when init started, before anything else could change it.
    pub initial_log_level: u32,
}

/// Remembers the console's level. To be called before anything else runs.
pub fn remember_level() {
    if let Ok(level) = read_level() {
        LEVEL_AT_START.get_or_init(|| level);
    }
}

pub fn read() -> Result<KernelLog, Failure> {
    let console_log_level = read_level()?;
    Ok(KernelLog {
        tainted: parse(TAINTED, &read_text(TAINTED)?)?,
        console_log_level,
        initial_log_level: *LEVEL_AT_START.get_or_init(|| console_log_level),
    })
}

fn read_level() -> Result<u32, Failure> {
    let text = read_text(PRINTK)?;
    parse(PRINTK, text.split_whitespace().next().unwrap_or(""))
}

fn read_text(path: &str) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::io(format!("read {path}"), &error))
}

/// A file of another form is one that somebody has put in the place of the kernel's.
fn parse<T: std::str::FromStr>(path: &str, text: &str) -> Result<T, Failure> {
    text.trim().parse().map_err(|_| {
        Failure::unsupported(format!("{path}: expected a number, found {:.20?}", text))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_kernel_are_read_and_other_texts_are_named() {
        assert_eq!(parse::<u64>(TAINTED, "512\n"), Ok(512));
        let failure = parse::<u64>(TAINTED, "nothing\n").unwrap_err();
        assert_eq!(failure.code, "UNSUPPORTED");
        assert!(failure.message.contains("expected a number"), "{failure:?}");
    }

    #[test]
    fn the_level_at_the_start_is_remembered() {
        remember_level();
        let first = read().unwrap();
        assert_eq!(first.initial_log_level, first.console_log_level);
    }
}
