//! How a guest ends that cannot go on.

use crate::console::say;
use crate::home::Home;
use std::fmt::Display;
use std::sync::OnceLock;

static HOME: OnceLock<Home> = OnceLock::new();

/// To be called before anything can fail: what ends a guest depends on where init lives, and every
/// thread may have to end it.
pub fn prepare(home: &Home) {
    HOME.get_or_init(|| home.clone());
}

/// Says why the guest cannot go on, and ends it. The host reports that as the reason why the guest did
/// not boot, or why it ended.
pub fn fatal(reason: impl Display) -> ! {
    say(format!("fatal: {reason}"));
    match HOME.get() {
        Some(home) => home.end(),
        None => std::process::exit(1),
    }
}
