//! Kernel modules that the host packed because this kernel does not have them built in.

use crate::console::say;
use crate::failure::errno_name;
use nix::errno::Errno;
use nix::kmod::{ModuleInitFlags, finit_module};
use std::fs::{self, File};
use std::io::ErrorKind;

const LIST: &str = "/kmx/modules.list";
const FOLDER: &str = "/kmx/modules";

/// Loads the modules of the list, in its order. One that fails to load is only reported on the
/// console: variants for other hardware refuse to load (`crc32c-intel` under TCG), and if one
/// matters, whatever needs it says what is missing.
pub fn load_modules() {
    let list = match fs::read_to_string(LIST) {
        Ok(list) => list,
        Err(error) if error.kind() == ErrorKind::NotFound => return,
        Err(error) => return say(format!("{LIST}: {error}")),
    };
    for name in list.lines().map(str::trim).filter(|name| !name.is_empty()) {
        if let Err(errno) = load(name) {
            say(format!("module {name}: {}", errno_name(errno as i32)));
        }
    }
}

fn load(name: &str) -> Result<(), Errno> {
    let errno =
        |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(libc::EINVAL));
    let file = File::open(format!("{FOLDER}/{name}")).map_err(errno)?;
    match finit_module(&file, c"", ModuleInitFlags::empty()) {
        Err(Errno::EEXIST) => Ok(()),
        outcome => outcome,
    }
}
