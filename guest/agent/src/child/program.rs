//! The last step of a container's process: executing the program.

use std::convert::Infallible;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result, anyhow};
use nix::sys::stat::{Mode, umask};
use nix::unistd::{chdir, setsid};

use super::credentials;
use crate::failure::describe_error;
use crate::protocol::oci::Process;

/// Returns only if something fails. The program is looked up in the PATH of its own environment.
/// `Command` resets signal handling.
pub fn execute(process: &Process) -> Result<Infallible> {
    setsid().context("make a session")?;
    umask(Mode::from_bits_truncate(0o022));
    chdir(process.Cwd.as_str()).with_context(|| format!("change into {}", process.Cwd))?;
    credentials::apply(process)?;
    let (program, arguments) = process
        .Args
        .split_first()
        .context("Process.Args is empty")?;
    let variables = process.Env.iter().filter_map(|entry| entry.split_once('='));
    let error = Command::new(program)
        .args(arguments)
        .env_clear()
        .envs(variables)
        .exec();
    Err(anyhow!("execute {program}: {}", describe_error(&error)))
}
