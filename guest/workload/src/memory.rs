//! Workloads that use memory.

use crate::say::say;
use serde_json::json;
use std::hint::black_box;
use std::io;
use std::thread;
use std::time::Duration;

const MIB: usize = 1024 * 1024;
const SAY_EVERY_MIB: usize = 4;

/// Allocates and writes one MiB after the other, so that the last line shows where a limit struck.
pub fn hold(mib: usize, seconds: Option<f64>) -> io::Result<()> {
    let mut held = Vec::new();
    for count in 1..=mib {
        held.push(vec![count as u8 | 1; MIB]);
        black_box(held.last());
        if count % SAY_EVERY_MIB == 0 || count == mib {
            say(json!({ "event": "held", "mib": count }))?;
        }
    }
    match seconds {
        Some(seconds) => thread::sleep(Duration::from_secs_f64(seconds)),
        None => loop {
            thread::park();
        },
    }
    drop(black_box(held));
    Ok(())
}
