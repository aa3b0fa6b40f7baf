//! A guest without a host, as a bundle boots it: init mounts the cgroup mode, starts the agent and then a
//! program that calls it, and powers the guest off when that has ended. Whatever they print goes to the
//! console. docs/guest-protocol.md says what a script has.

use crate::agent::StartAgent;
use crate::cgroups::{Cgroups, MountCgroups};
use crate::children::{Children, Ending, Exit};
use crate::console::say;
use crate::ending::fatal;
use crate::failure::Failure;
use crate::home::{Home, machine};
use crate::programs::command;
use crate::spawn;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::process::Stdio;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const FLAG: &str = "--standalone";
/// For what a dying agent and the kernel still print.
const LAST_WORDS: Duration = Duration::from_secs(2);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Script {
    cgroups: MountCgroups,
    agent: StartAgent,
    /// The program that calls the agent, with its arguments.
    caller: Vec<String>,
}

/// The path of the script, which follows the flag at the end of the kernel's command line.
pub fn find_script(arguments: &[String]) -> Option<&str> {
    match arguments {
        [.., flag, script] if flag == FLAG => Some(script),
        _ => None,
    }
}

pub fn run(path: &str) -> ! {
    match follow(path) {
        Ok(ending) => say(format!("standalone: the calls ended, {ending}")),
        Err(reason) => fatal(reason),
    }
    thread::sleep(LAST_WORDS);
    machine::power_off()
}

fn follow(path: &str) -> Result<String, String> {
    machine::prepare()?;
    let text = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let script: Script = serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    Cgroups::new(Home::Machine)
        .mount(&script.cgroups)
        .map_err(|failure| failure.message)?;
    let children = Arc::new(Children::default());
    let reaping = Arc::clone(&children);
    spawn("reaper", move || reaping.reap())?;
    let start = |argv: &[String], env: &BTreeMap<String, String>| {
        start(&children, argv, env).map_err(|failure| failure.message)
    };
    let agent = start(&script.agent.argv, &script.agent.env)?;
    let caller = start(&script.caller, &BTreeMap::new())?;
    let exit = caller.wait(None).map_or_else(String::new, describe);
    Ok(match agent.exit() {
        Some(of_agent) => format!("{exit}; the agent ended, too, {}", describe(of_agent)),
        None => format!("{exit}; the agent is still there"),
    })
}

fn start(
    children: &Children,
    argv: &[String],
    env: &BTreeMap<String, String>,
) -> Result<Arc<Ending>, Failure> {
    // Both streams are init's: the console.
    let mut command = command(argv, env)?;
    let (_, ending) = children
        .spawn(command.stdin(Stdio::null()))
        .map_err(|error| Failure::io(format!("start {}", argv[0]), &error))?;
    Ok(ending)
}

fn describe(Exit { code, signal }: &Exit) -> String {
    match (code, signal) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => signal.clone(),
        (None, None) => "somehow".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_bundles_command_line_names_a_script() {
        let find = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|&it| it.to_owned()).collect();
            find_script(&words).map(str::to_owned)
        };
        assert_eq!(
            find(&["--standalone", "/kmx/standalone.json"]).unwrap(),
            "/kmx/standalone.json"
        );
        // The kernel passes on what it does not know, before that.
        assert_eq!(find(&["quiet", "--standalone", "/x"]).unwrap(), "/x");
        for of_others in [&[][..], &["--standalone"], &["--ports", "/kmx/ports"]] {
            assert_eq!(find(of_others), None);
        }
    }

    #[test]
    fn a_script_has_what_a_host_would_ask_for() {
        let script: Script = serde_json::from_str(
            r#"{"cgroups":{"mode":"v1","leaveUnmounted":["cpuset"]},
                "agent":{"argv":["/kmx/agent/agent"],"env":{"A":"b"},"socket":"/run/agent.sock"},
                "caller":["/kmx/replay","/kmx/replay.json"]}"#,
        )
        .unwrap();
        assert_eq!(script.agent.env["A"], "b");
        assert_eq!(script.caller.len(), 2);
        let unknown =
            r#"{"cgroups":{"mode":"v1"},"agent":{"argv":[],"socket":"x"},"caller":[],"more":1}"#;
        assert!(serde_json::from_str::<Script>(unknown).is_err());
    }
}
