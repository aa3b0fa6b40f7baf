//! The guest's processes: listed and killed.

use crate::failure::Failure;
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::{Deserialize, Serialize};
use std::fs;

/// PF_KTHREAD of Linux include/linux/sched.h: the kernel's own threads, which are left out.
const KERNEL_THREAD: u64 = 0x0020_0000;

#[derive(Serialize)]
pub struct Processes {
    processes: Vec<Process>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Process {
    pid: u32,
    parent: u32,
    name: String,
    /// One letter: proc(5), `/proc/pid/stat`.
    state: String,
    threads: u32,
    /// Lines of `/proc/pid/cgroup`.
    cgroups: Vec<String>,
    /// A list like `0-1,3`.
    cpus_allowed: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kill {
    pids: Vec<i32>,
}

/// Sends SIGKILL to each. A process that has already ended is no failure.
pub fn kill_processes(Kill { pids }: &Kill) -> Result<(), Failure> {
    // 0 and below address process groups, init's own among them; 1 is init, which cannot be killed.
    if let Some(pid) = pids.iter().find(|pid| **pid <= 1) {
        return Err(Failure::bad_request(format!(
            "expected pids above 1, found {pid}"
        )));
    }
    for pid in pids {
        match kill(Pid::from_raw(*pid), Signal::SIGKILL) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(errno) => return Err(Failure::errno(format!("kill {pid}"), errno)),
        }
    }
    Ok(())
}

pub fn list_processes() -> Processes {
    let mut processes: Vec<_> = list_pids().filter_map(read_process).collect();
    processes.sort_by_key(|process| process.pid);
    Processes { processes }
}

/// Kernel threads among them.
pub fn list_pids() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}

/// `None` for a kernel thread, and for a process that has ended in the meantime.
fn read_process(pid: u32) -> Option<Process> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut process = parse_stat(&stat)?;
    let cgroups = fs::read_to_string(format!("/proc/{pid}/cgroup")).unwrap_or_default();
    process.cgroups = cgroups.lines().map(str::to_owned).collect();
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
    process.cpus_allowed = allowed.unwrap_or_default().trim().to_owned();
    Some(process)
}

/// The name is in parentheses and may contain anything, parentheses and spaces included.
fn parse_stat(stat: &str) -> Option<Process> {
    let (pid, rest) = stat.split_once(" (")?;
    let (name, rest) = rest.rsplit_once(") ")?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let [
        state,
        parent,
        _group,
        _session,
        _tty,
        _foreground,
        flags,
        ..,
    ] = fields[..]
    else {
        return None;
    };
    if flags.parse::<u64>().ok()? & KERNEL_THREAD != 0 {
        return None;
    }
    Some(Process {
        pid: pid.parse().ok()?,
        parent: parent.parse().ok()?,
        name: name.to_owned(),
        state: state.to_owned(),
        threads: fields.get(17)?.parse().ok()?,
        cgroups: Vec::new(),
        cpus_allowed: String::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_rest_of_its_line() {
        let stat = "42 (a) S 1 (b) R 7 42 42 0 -1 4194560 5 0 0 0 1 2 0 0 20 0 3 0 99 1 1\n";
        let process = parse_stat(stat).unwrap();
        assert_eq!((process.pid, process.parent, process.threads), (42, 7, 3));
        assert_eq!(
            (process.name.as_str(), process.state.as_str()),
            ("a) S 1 (b", "R")
        );
    }

    #[test]
    fn kernel_threads_and_truncated_lines_are_none() {
        assert_eq!(
            parse_stat("2 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 1"),
            None
        );
        assert_eq!(parse_stat("2 (init) S 0 0"), None);
        assert_eq!(parse_stat(""), None);
    }

    #[test]
    fn this_process_is_listed() {
        let pid = std::process::id();
        let process = read_process(pid).unwrap();
        assert!(process.threads >= 1 && !process.cpus_allowed.is_empty());
        assert!(list_processes().processes.iter().any(|it| it.pid == pid));
    }
}
