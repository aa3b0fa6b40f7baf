//! Workloads that let time pass.

use crate::say::say;
use nix::time::{ClockId, clock_gettime};
use serde_json::json;
use std::hint::black_box;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

pub fn sleep(seconds: f64) -> io::Result<()> {
    say(json!({ "event": "started" }))?;
    thread::sleep(Duration::from_secs_f64(seconds));
    Ok(())
}

pub fn tick(every_ms: u64) -> io::Result<()> {
    for n in 1u64.. {
        say(json!({ "event": "tick", "n": n }))?;
        thread::sleep(Duration::from_millis(every_ms));
    }
    Ok(())
}

pub fn spin(seconds: f64, threads: usize) -> io::Result<()> {
    say(json!({ "event": "started" }))?;
    let begin = Instant::now();
    let cpu_before = cpu_time()?;
    let duration = Duration::from_secs_f64(seconds);
    thread::scope(|scope| {
        for _ in 1..threads {
            thread::Builder::new().spawn_scoped(scope, || burn(begin, duration))?;
        }
        burn(begin, duration);
        Ok::<(), io::Error>(())
    })?;
    let cpu_ms = (cpu_time()? - cpu_before).as_millis() as u64;
    let wall_ms = begin.elapsed().as_millis() as u64;
    say(json!({ "event": "spun", "cpuMs": cpu_ms, "wallMs": wall_ms }))
}

/// Looks at the clock rarely: the time is to be spent in the program, not in the kernel.
fn burn(begin: Instant, duration: Duration) {
    let mut number = 0u64;
    while begin.elapsed() < duration {
        for _ in 0..10_000 {
            number = black_box(
                number
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
        }
    }
}

/// CPU time of all threads of this process.
fn cpu_time() -> io::Result<Duration> {
    Ok(clock_gettime(ClockId::CLOCK_PROCESS_CPUTIME_ID)?.into())
}
