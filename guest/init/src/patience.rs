//! Waiting for what happens a little later.

use crate::failure::Failure;
use nix::errno::Errno;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Far longer than anything takes that the kernel does by itself, or the host's QEMU.
const TIMEOUT: Duration = Duration::from_secs(10);
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Looks again until `look` finds something; `what` says what has not happened if that takes too long.
pub fn wait_for<T>(
    what: &str,
    mut look: impl FnMut() -> Result<Option<T>, Failure>,
) -> Result<T, Failure> {
    let deadline = Instant::now() + TIMEOUT;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            let text = format!("{what} within {} s", TIMEOUT.as_secs());
            return Err(Failure::new(Errno::ETIMEDOUT, text));
        }
        sleep(LOOK_AGAIN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_is_returned_once_it_is_there() {
        let mut looks = 0;
        let found = wait_for("nothing came", || {
            looks += 1;
            Ok((looks == 3).then_some(looks))
        });
        assert_eq!(found, Ok(3));
    }

    #[test]
    fn a_failure_ends_the_wait() {
        let failure = Failure::unsupported("no");
        let found: Result<(), _> = wait_for("nothing came", || Err(failure.clone()));
        assert_eq!(found, Err(failure));
    }
}
