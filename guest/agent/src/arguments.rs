//! The agent's command line and environment.
//!
//! Parsed by hand: one option and two variables are not worth a library.

use log::LevelFilter;

use crate::logger::parse_level;

/// Which personality: how a missing controller is met, and which manners the agent has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum GuardMode {
    On,
    Off,
}

#[derive(Debug, PartialEq)]
pub struct Arguments {
    pub guard: GuardMode,
    /// Where ttrpc listens: `unix://PATH`, or any other address that the ttrpc crate knows.
    pub address: String,
    pub log_level: LevelFilter,
}

/// Reads the arguments after the program's name; `variable` looks up the environment.
/// An error says what was found and what is accepted.
pub fn parse(
    arguments: &[String],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Arguments, String> {
    let mut guard = None;
    for argument in arguments {
        guard = Some(match argument.as_str() {
            "--guard=on" => GuardMode::On,
            "--guard=off" => GuardMode::Off,
            other => {
                return Err(format!(
                    "argument {other:?}: expected --guard=on or --guard=off"
                ));
            }
        });
    }
    let guard = guard.ok_or("expected --guard=on or --guard=off, found neither")?;
    let address = variable("KATA_AGENT_SERVER_ADDR")
        .ok_or("KATA_AGENT_SERVER_ADDR is not set: set it to an address like unix:///run/a.sock")?;
    let log_level = match variable("KATA_AGENT_LOG_LEVEL") {
        None => LevelFilter::Info,
        Some(name) => parse_level(&name).ok_or_else(|| {
            format!(
                "KATA_AGENT_LOG_LEVEL={name:?}: expected critical, fatal, panic, error, warn, \
                 info, debug or trace"
            )
        })?,
    };
    Ok(Arguments {
        guard,
        address,
        log_level,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_with(arguments: &[&str], variables: &[(&str, &str)]) -> Result<Arguments, String> {
        let arguments: Vec<String> = arguments.iter().map(|text| text.to_string()).collect();
        parse(&arguments, |name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    const ADDRESS: (&str, &str) = ("KATA_AGENT_SERVER_ADDR", "unix:///run/agent.sock");

    #[test]
    fn reads_guard_address_and_level() {
        let variables = [ADDRESS, ("KATA_AGENT_LOG_LEVEL", "debug")];
        let expected = Arguments {
            guard: GuardMode::Off,
            address: ADDRESS.1.into(),
            log_level: LevelFilter::Debug,
        };
        assert_eq!(parse_with(&["--guard=off"], &variables), Ok(expected));
    }

    #[test]
    fn says_what_is_wrong() {
        let unknown = parse_with(&["--gard=on"], &[ADDRESS]).unwrap_err();
        assert!(unknown.contains("\"--gard=on\""), "{unknown}");
        let missing = parse_with(&[], &[ADDRESS]).unwrap_err();
        assert!(missing.contains("--guard=on"), "{missing}");
        let address = parse_with(&["--guard=on"], &[]).unwrap_err();
        assert!(address.contains("KATA_AGENT_SERVER_ADDR"), "{address}");
        let variables = [ADDRESS, ("KATA_AGENT_LOG_LEVEL", "loud")];
        let level = parse_with(&["--guard=on"], &variables).unwrap_err();
        assert!(level.contains("\"loud\""), "{level}");
    }
}
