//! The `run` request: one program with its input, output and exit status.

use crate::bytes::Base64;
use crate::children::{Children, Exit};
use crate::failure::Failure;
use crate::pipes::Pipes;
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Variables that every program gets, besides those from the host.
const ENVIRONMENT: [(&str, &str); 2] = [
    (
        "PATH",
        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ),
    ("HOME", "/root"),
];

/// Per stream. An answer holds both streams in base64 and must fit into a frame.
const OUTPUT_BYTES_MAX: usize = 1024 * 1024;
const TIMEOUT_MS_MAX: u64 = 60 * 60 * 1000;
/// How long a killed program may take to end: the kernel frees its memory first.
const KILLED_GRACE: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Program {
    argv: Vec<String>,
    #[serde(default)]
    env: BTreeMap<String, String>,
    cwd: Option<String>,
    #[serde(default)]
    stdin: Base64,
    timeout_ms: u64,
    max_bytes: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    #[serde(flatten)]
    exit: Exit,
    stdout: Base64,
    stderr: Base64,
    truncated: bool,
    timed_out: bool,
}

/// A command that inherits nothing from init.
pub fn command(argv: &[String], env: &BTreeMap<String, String>) -> Result<Command, Failure> {
    let [program, arguments @ ..] = argv else {
        return Err(Failure::bad_request(
            "argv: expected at least the program, found an empty list",
        ));
    };
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .envs(ENVIRONMENT)
        .envs(env)
        .current_dir("/");
    Ok(command)
}

pub fn run(children: &Children, program: Program) -> Result<Outcome, Failure> {
    if program.timeout_ms > TIMEOUT_MS_MAX {
        let found = program.timeout_ms;
        let text = format!("timeoutMs: expected at most {TIMEOUT_MS_MAX}, found {found}");
        return Err(Failure::bad_request(text));
    }
    let cwd = program.cwd.as_deref().unwrap_or("/");
    let mut command = command(&program.argv, &program.env)?;
    command
        .current_dir(cwd)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let name = &program.argv[0];
    let (mut child, ending) = children
        .spawn(&mut command)
        .map_err(|error| Failure::io(format!("run {name} in {cwd}"), &error))?;

    let cap = program.max_bytes.min(OUTPUT_BYTES_MAX);
    let mut pipes = Pipes::new(&mut child, program.stdin.0, cap);
    if let Err(errno) = pipes.make_non_blocking() {
        children.kill_group(child.id());
        return Err(Failure::errno("fcntl of a pipe", errno));
    }

    let timed_out = !pipes.serve(
        &ending,
        Instant::now() + Duration::from_millis(program.timeout_ms),
    );
    if timed_out {
        children.kill_group(child.id());
        pipes.serve(&ending, Instant::now() + KILLED_GRACE);
    }
    let Some(exit) = ending.exit().cloned() else {
        let text = format!(
            "{name}: killed after {} ms, but it has not ended",
            program.timeout_ms
        );
        return Err(Failure::new(Errno::ETIMEDOUT, text));
    };
    let (stdout, stderr) = pipes.finish();
    let truncated = stdout.truncated || stderr.truncated;
    Ok(Outcome {
        exit,
        stdout: Base64(stdout.kept),
        stderr: Base64(stderr.kept),
        truncated,
        timed_out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::children::tests::reaped_children;

    fn shell(script: &str) -> Program {
        Program {
            argv: ["/bin/sh", "-c", script].map(str::to_owned).into(),
            env: BTreeMap::from([("GREETING".to_owned(), "hi".to_owned())]),
            cwd: None,
            stdin: Base64(vec![]),
            timeout_ms: 60_000,
            max_bytes: OUTPUT_BYTES_MAX,
        }
    }

    fn outcome(program: Program) -> Outcome {
        run(&reaped_children(), program).unwrap_or_else(|failure| panic!("{failure:?}"))
    }

    #[test]
    fn a_programs_streams_environment_and_exit_code_are_its_own() {
        let result = outcome(shell("echo $GREETING $HOME; echo no >&2; pwd; exit 3"));
        assert_eq!(
            result.exit,
            Exit {
                code: Some(3),
                signal: None
            }
        );
        assert_eq!(result.stdout.0, b"hi /root\n/\n");
        assert_eq!(result.stderr.0, b"no\n");
        assert!(!result.truncated && !result.timed_out);
    }

    #[test]
    fn more_input_and_output_than_a_pipe_holds_flow_side_by_side() {
        let mut program = shell("cat");
        program.stdin = Base64(vec![b'x'; 700_000]);
        assert_eq!(outcome(program).stdout.0.len(), 700_000);
    }

    #[test]
    fn a_program_that_reads_no_input_still_ends() {
        let mut program = shell("exit 0");
        program.stdin = Base64(vec![b'x'; 700_000]);
        assert_eq!(outcome(program).exit.code, Some(0));
    }

    #[test]
    fn output_beyond_the_cap_is_discarded_and_reported_as_truncated() {
        let mut program = shell("head -c 200000 /dev/zero; echo done >&2");
        program.max_bytes = 1000;
        let result = outcome(program);
        assert_eq!((result.stdout.0.len(), result.truncated), (1000, true));
        assert_eq!(result.stderr.0, b"done\n");
    }

    #[test]
    fn a_program_out_of_time_is_killed_with_its_children() {
        let mut program = shell("sleep 1000 & echo started; wait");
        program.timeout_ms = 200;
        let result = outcome(program);
        assert_eq!(result.exit.signal.as_deref(), Some("SIGKILL"));
        assert!(result.timed_out);
    }

    #[test]
    fn a_descendant_that_keeps_the_pipes_open_is_not_waited_for() {
        let result = outcome(shell("sleep 5 & echo $!"));
        assert_eq!(result.exit.code, Some(0));
        assert!(!result.stdout.0.is_empty());
    }

    #[test]
    fn a_program_that_cannot_be_run_is_named() {
        let mut program = shell("");
        program.argv[0] = "/no/such".to_owned();
        let failure = run(&reaped_children(), program).err().unwrap();
        assert_eq!(failure.code, "ENOENT");
        assert!(failure.message.contains("run /no/such in /"));
        let mut program = shell("");
        program.argv.clear();
        assert_eq!(
            run(&reaped_children(), program).err().unwrap().code,
            "BAD_REQUEST"
        );
    }

    #[test]
    fn a_missing_working_directory_is_reported() {
        let mut program = shell("");
        program.cwd = Some("/no/such".to_owned());
        assert_eq!(
            run(&reaped_children(), program).err().unwrap().code,
            "ENOENT"
        );
    }
}
