//! Workloads that test processes and their CPUs.

use crate::say::say;
use nix::errno::Errno;
use nix::sched::{CpuSet, sched_getaffinity, sched_getcpu};
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::{ForkResult, Pid, fork, pause};
use serde_json::json;
use std::collections::BTreeSet;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// How long `affinity` observes: several time slices on a slow, shared CPU.
const AFFINITY_TIME: Duration = Duration::from_millis(300);

/// Forks `count` children, or as many as it can, and kills them after `seconds`.
pub fn fork_many(count: usize, seconds: f64) -> io::Result<()> {
    let mut children = Vec::new();
    let mut error = None;
    while children.len() < count && error.is_none() {
        match fork_one() {
            Ok(child) => children.push(child),
            Err(errno) => error = Some(format!("{errno:?}")),
        }
    }
    let said = say(json!({ "event": "forked", "count": children.len(), "error": error }));
    if said.is_ok() {
        thread::sleep(Duration::from_secs_f64(seconds));
    }
    for child in &children {
        kill(*child, Signal::SIGKILL)?;
    }
    for child in children {
        waitpid(child, None)?;
    }
    said
}

fn fork_one() -> nix::Result<Pid> {
    // SAFETY: this process has one thread, so a child may go on where it is.
    match unsafe { fork() }? {
        ForkResult::Parent { child } => Ok(child),
        ForkResult::Child => loop {
            pause();
        },
    }
}

/// Runs one busy thread per allowed CPU; each records the CPUs that it ran on.
pub fn affinity() -> io::Result<()> {
    let allowed = allowed_cpus()?;
    let end = Instant::now() + AFFINITY_TIME;
    let seen = thread::scope(|scope| {
        let mut threads = Vec::new();
        for _ in &allowed {
            threads.push(thread::Builder::new().spawn_scoped(scope, || cpus_until(end))?);
        }
        let seen = threads
            .into_iter()
            .map(|it| it.join().unwrap_or(Err(Errno::ESRCH)));
        seen.collect::<Result<Vec<_>, Errno>>()
            .map_err(io::Error::from)
    })?;
    let ran_on: BTreeSet<usize> = seen.into_iter().flatten().collect();
    say(json!({ "event": "affinity", "allowed": format_list(&allowed), "ranOn": ran_on }))
}

fn cpus_until(end: Instant) -> nix::Result<BTreeSet<usize>> {
    let mut cpus = BTreeSet::new();
    while Instant::now() < end {
        cpus.insert(sched_getcpu()?);
    }
    Ok(cpus)
}

fn allowed_cpus() -> io::Result<Vec<usize>> {
    let set = sched_getaffinity(Pid::from_raw(0))?;
    Ok((0..CpuSet::count())
        .filter(|&cpu| set.is_set(cpu) == Ok(true))
        .collect())
}

/// A CPU list in the kernel's format, such as `0-2,5`.
fn format_list(cpus: &[usize]) -> String {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for &cpu in cpus {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == cpu => *last = cpu,
            _ => ranges.push((cpu, cpu)),
        }
    }
    let texts = ranges.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}-{last}"),
    });
    texts.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_lists_are_written_as_the_kernel_does() {
        assert_eq!(format_list(&[]), "");
        assert_eq!(format_list(&[1]), "1");
        assert_eq!(format_list(&[0, 1, 2, 5, 7, 8]), "0-2,5,7-8");
    }

    #[test]
    fn this_process_may_run_somewhere() {
        assert!(!allowed_cpus().unwrap().is_empty());
    }
}
