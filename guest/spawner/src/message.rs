//! What kmx and the spawner say to each other on a connection: JSON, one object a line.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The program to start, the only thing that kmx says.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The program and its parameters. Looked up in PATH if its name has no slash.
    pub argv: Vec<String>,
    /// The file that is its standard input; by default empty.
    pub stdin: Option<PathBuf>,
    /// A file that it gets as descriptor 3. Its name is removed, so that it goes with its users.
    pub memory: Option<PathBuf>,
}

#[derive(Debug, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    Started {
        /// As this container counts.
        pid: i32,
    },
    /// It could not be started. Nothing follows.
    Refused { reason: String },
    /// Nothing follows.
    Ended {
        code: Option<i32>,
        /// Name of the signal that killed it. Exactly one of the two is set.
        signal: Option<String>,
        /// The end of what it printed.
        output: String,
    },
}

impl Answer {
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = serde_json::to_vec(self).expect("an answer has no maps with other keys");
        line.push(b'\n');
        line
    }
}

/// Longer requests are refused. Linux takes at most 2 MiB of arguments.
pub const REQUEST_BYTES_MAX: usize = 2 * 1024 * 1024;

/// What is left of what was received so far: `None` until there is a whole line.
pub fn parse_request(received: &[u8]) -> Option<Result<Request, String>> {
    let Some(end) = received.iter().position(|&byte| byte == b'\n') else {
        let is_too_long = received.len() > REQUEST_BYTES_MAX;
        return is_too_long
            .then(|| Err(format!("a request of more than {REQUEST_BYTES_MAX} bytes")));
    };
    let request = serde_json::from_slice::<Request>(&received[..end]);
    Some(match request {
        Err(error) => Err(format!("not a request: {error}")),
        Ok(Request { argv, .. }) if argv.is_empty() => Err("not a request: no program".into()),
        Ok(request) => Ok(request),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Request, String> {
        parse_request(text.as_bytes()).expect("a whole line")
    }

    #[test]
    fn a_request_names_a_program_and_its_files() {
        let request = parse("{\"argv\":[\"true\",\"a b\"],\"stdin\":\"/s\",\"memory\":\"/m\"}\n");
        assert_eq!(
            request,
            Ok(Request {
                argv: vec!["true".into(), "a b".into()],
                stdin: Some("/s".into()),
                memory: Some("/m".into()),
            })
        );
    }

    #[test]
    fn what_is_no_request_is_refused_with_a_reason() {
        assert!(parse("{}\n").unwrap_err().contains("argv"));
        assert!(parse("{\"argv\":[]}\n").unwrap_err().contains("no program"));
        let typo = parse("{\"argv\":[\"true\"],\"stdni\":\"/s\"}\n");
        assert!(typo.unwrap_err().contains("stdni"));
    }

    #[test]
    fn a_request_ends_with_its_line_and_has_a_limit() {
        assert_eq!(parse_request(b"{\"argv\":"), None);
        let endless = vec![b' '; REQUEST_BYTES_MAX + 1];
        assert!(parse_request(&endless).expect("a verdict").is_err());
    }
}
