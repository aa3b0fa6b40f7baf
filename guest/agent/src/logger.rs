//! Log lines as kata-agent writes them: one JSON object per line on standard output, with the keys
//! of slog-json.
//!
//! Written by hand because ttrpc and cgroups-rs log through the `log` crate, and slog with its
//! bridge would be four crates for one line of JSON. A thread writes the lines: standard output may
//! be a pipe that nobody reads, and that must not block a call. Lines that do not fit are counted.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::SystemTime;

use anyhow::{Context, Result};
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde_json::json;

/// Lines that may wait for standard output.
const CAPACITY: usize = 4096;

enum Entry {
    Line(String),
    Flush(SyncSender<()>),
}

struct Logger {
    entries: SyncSender<Entry>,
    dropped: AtomicU64,
}

/// Starts the log at the given level.
pub fn start(level: LevelFilter) -> Result<()> {
    let (entries, received) = sync_channel(CAPACITY);
    std::thread::Builder::new()
        .name("log".into())
        .spawn(move || write_entries(&received))
        .context("start the log's thread")?;
    let dropped = AtomicU64::new(0);
    log::set_boxed_logger(Box::new(Logger { entries, dropped })).context("start the log")?;
    log::set_max_level(level);
    Ok(())
}

/// The level by kata-agent's name for it; `None` if there is no such name.
pub fn parse_level(name: &str) -> Option<LevelFilter> {
    Some(match name {
        "critical" | "fatal" | "panic" | "error" => LevelFilter::Error,
        "warn" | "warning" => LevelFilter::Warn,
        "info" => LevelFilter::Info,
        "debug" => LevelFilter::Debug,
        "trace" => LevelFilter::Trace,
        _ => return None,
    })
}

fn write_entries(entries: &Receiver<Entry>) {
    let mut output = std::io::stdout();
    for entry in entries {
        match entry {
            // If standard output is gone, there is nobody left to tell.
            Entry::Line(line) => drop(output.write_all(line.as_bytes())),
            Entry::Flush(done) => drop((output.flush(), done.send(()))),
        }
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata) -> bool {
        metadata.level() <= log::max_level()
    }

    fn log(&self, record: &Record) {
        if !self.enabled(record.metadata()) {
            return;
        }
        let lost = self.dropped.swap(0, Ordering::Relaxed);
        let message = match lost {
            0 => record.args().to_string(),
            _ => format!("{} ({lost} lines before this one were lost)", record.args()),
        };
        let line = format_line(record.level(), record.target(), &message, SystemTime::now());
        if let Err(TrySendError::Full(_)) = self.entries.try_send(Entry::Line(line)) {
            self.dropped.fetch_add(lost + 1, Ordering::Relaxed);
        }
    }

    fn flush(&self) {
        let (done, finished) = sync_channel(1);
        if self.entries.send(Entry::Flush(done)).is_ok() {
            // An error means that the thread is gone, and the lines with it.
            let _ = finished.recv();
        }
    }
}

fn format_line(level: Level, target: &str, message: &str, time: SystemTime) -> String {
    let level = match level {
        Level::Error => "ERRO",
        Level::Warn => "WARN",
        Level::Info => "INFO",
        Level::Debug => "DEBG",
        Level::Trace => "TRCE",
    };
    let line = json!({
        "msg": message,
        "level": level,
        "ts": humantime::format_rfc3339_nanos(time).to_string(),
        "subsystem": find_subsystem(target),
        "name": "kmx-agent",
        "source": "agent",
        "version": env!("CARGO_PKG_VERSION"),
        "pid": std::process::id().to_string(),
    });
    format!("{line}\n")
}

/// A module path's first name below this crate: `agent::cgroups::guarded` is of `cgroups`.
fn find_subsystem(target: &str) -> &str {
    let mut names = target.split("::");
    match (names.next(), names.next()) {
        (Some("agent"), Some(module)) => module,
        (Some("agent"), None) => "main",
        (Some(library), _) => library,
        (None, _) => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_json_object_with_the_keys_of_slog() {
        let time = SystemTime::UNIX_EPOCH;
        let line = format_line(
            Level::Warn,
            "agent::cgroups::guarded",
            "no \"cpuset\"\n",
            time,
        );
        assert_eq!(line.matches('\n').count(), 1);
        let value: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(value["msg"], "no \"cpuset\"\n");
        assert_eq!(value["level"], "WARN");
        assert_eq!(value["subsystem"], "cgroups");
        assert_eq!(value["ts"], "1970-01-01T00:00:00.000000000Z");
        assert_eq!(value["pid"], std::process::id().to_string());
    }

    #[test]
    fn a_library_is_its_own_subsystem() {
        assert_eq!(find_subsystem("ttrpc::asynchronous::server"), "ttrpc");
        assert_eq!(find_subsystem("agent"), "main");
    }

    #[test]
    fn unknown_levels_are_refused() {
        assert_eq!(parse_level("debug"), Some(LevelFilter::Debug));
        assert_eq!(parse_level("loud"), None);
    }
}
