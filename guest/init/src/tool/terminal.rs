//! A pseudo-terminal: our end, and the one that a tool is started at.

use crate::failure::Failure;
use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::pty::{Winsize, posix_openpt, unlockpt};
use nix::sys::termios::{InputFlags, SetArg, tcgetattr, tcsetattr};
use serde::Deserialize;
use std::fs::File;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

nix::ioctl_write_ptr_bad!(set_window_size, libc::TIOCSWINSZ, Winsize);
nix::ioctl_write_int_bad!(open_peer, libc::TIOCGPTPEER);

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowSize {
    pub columns: u16,
    pub rows: u16,
}

/// Our end does not block.
pub fn open_terminal(size: WindowSize) -> Result<(File, OwnedFd), Failure> {
    let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let ours = posix_openpt(flags | OFlag::O_NONBLOCK).map_err(explain_missing)?;
    unlockpt(&ours).map_err(|errno| Failure::errno("unlock a pseudo-terminal", errno))?;
    // By our end instead of a path, so that it does not matter where devpts is mounted.
    // SAFETY: the ioctl takes flags and returns a new descriptor, which nobody else knows.
    let theirs = unsafe {
        open_peer(ours.as_raw_fd(), flags.bits()).map(|descriptor| OwnedFd::from_raw_fd(descriptor))
    };
    let theirs = theirs.map_err(|errno| Failure::errno("open a pseudo-terminal", errno))?;
    erase_whole_characters(&theirs)
        .map_err(|errno| Failure::errno("set up a pseudo-terminal", errno))?;
    let ours = File::from(OwnedFd::from(ours));
    resize_terminal(&ours, size)?;
    Ok((ours, theirs))
}

/// Tells the programs in the foreground, too, by SIGWINCH.
pub fn resize_terminal(ours: &File, size: WindowSize) -> Result<(), Failure> {
    let size = Winsize {
        ws_row: size.rows,
        ws_col: size.columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    // SAFETY: `size` outlives the call, which only reads it.
    unsafe { set_window_size(ours.as_raw_fd(), &size) }
        .map_err(|errno| Failure::errno("set the size of a pseudo-terminal", errno))?;
    Ok(())
}

/// Else backspace leaves half a character where the terminal itself edits the line.
fn erase_whole_characters(terminal: &OwnedFd) -> nix::Result<()> {
    let mut settings = tcgetattr(terminal)?;
    settings.input_flags.insert(InputFlags::IUTF8);
    tcsetattr(terminal, SetArg::TCSANOW, &settings)
}

fn explain_missing(errno: Errno) -> Failure {
    match errno {
        Errno::ENOENT | Errno::ENODEV | Errno::ENXIO => Failure::unsupported(
            "this kernel has no pseudo-terminals: build it with CONFIG_UNIX98_PTYS=y",
        ),
        _ => Failure::errno("open /dev/ptmx", errno),
    }
}
