//! The calls of a test as they were recorded: what `kmx bundle` writes for this program.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::{Deserialize, Deserializer};
use std::fmt;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recording {
    /// The agent's unix socket.
    pub socket: String,
    /// How long the agent may take to listen.
    pub start_timeout_ms: u64,
    /// How long it may take to answer one call.
    pub call_timeout_ms: u64,
    /// In the order in which they were made.
    pub calls: Vec<Call>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    pub number: u32,
    pub service: String,
    pub method: String,
    #[serde(deserialize_with = "from_base64")]
    pub payload: Vec<u8>,
    /// Numbers of the calls that had ended when this one was made: it waits for them.
    pub after: Vec<u32>,
    pub recorded: Ending,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ending {
    Answered,
    Refused,
    /// No answer in time.
    Timeout,
    /// The connection broke, or the test did not wait for the answer.
    Lost,
}

impl Ending {
    /// Whether a call that was recorded with this ending has shown the same again. A test that gave a call up
    /// has not seen how it would have ended, and does so as soon as the agent has panicked.
    pub fn is_shown_by(self, ending: Self) -> bool {
        match self {
            Self::Lost => matches!(ending, Self::Lost | Self::Timeout),
            _ => ending == self,
        }
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Timeout => "no answer",
            Self::Lost => "given up or lost",
        })
    }
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    BASE64_STANDARD
        .decode(text)
        .map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_was_given_up_may_as_well_have_had_no_answer() {
        let shown_by = |recorded: Ending| {
            [
                Ending::Answered,
                Ending::Refused,
                Ending::Timeout,
                Ending::Lost,
            ]
            .map(|ending| recorded.is_shown_by(ending))
        };
        assert_eq!(shown_by(Ending::Answered), [true, false, false, false]);
        assert_eq!(shown_by(Ending::Refused), [false, true, false, false]);
        assert_eq!(shown_by(Ending::Timeout), [false, false, true, false]);
        assert_eq!(shown_by(Ending::Lost), [false, false, true, true]);
    }

    #[test]
    fn a_recording_is_read_as_the_host_writes_it() {
        let recording: Recording = serde_json::from_str(
            r#"{"socket":"/run/agent.sock","startTimeoutMs":10000,"callTimeoutMs":5000,"calls":[
                {"number":2,"service":"grpc.Health","method":"Check","payload":"AQI=","after":[1],"recorded":"timeout"}
            ]}"#,
        )
        .unwrap();
        let call = &recording.calls[0];
        assert_eq!(call.payload, [1, 2]);
        assert_eq!((call.number, &call.after[..]), (2, &[1][..]));
        assert_eq!(call.recorded, Ending::Timeout);
        let broken = r#"{"socket":"x","startTimeoutMs":1,"callTimeoutMs":1,"calls":[],"more":1}"#;
        assert!(serde_json::from_str::<Recording>(broken).is_err());
    }
}
