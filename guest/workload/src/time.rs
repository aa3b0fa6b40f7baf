//! Workloads that pass time.

use crate::say::say;
use serde_json::json;
use std::hint::black_box;
use std::io;
use std::thread;
use std::time::Duration;

pub fn sleep() -> io::Result<()> {
    say(json!({ "event": "started" }))?;
    loop {
        thread::park();
    }
}

pub fn tick(every_ms: u64) -> io::Result<()> {
    for n in 1u64.. {
        say(json!({ "event": "tick", "n": n }))?;
        thread::sleep(Duration::from_millis(every_ms));
    }
    Ok(())
}

pub fn spin(threads: usize) -> io::Result<()> {
    say(json!({ "event": "started" }))?;
    for _ in 1..threads {
        thread::Builder::new().spawn(|| burn())?;
    }
    burn()
}

fn burn() -> ! {
    let mut number = 0u64;
    loop {
        number = black_box(
            number
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        );
    }
}
