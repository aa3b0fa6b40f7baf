//! Sends an agent the calls that a test was recorded with, from inside of its guest, and says on the
//! console what becomes of them. It is in a bundle for those who have QEMU and no kmx.

mod calls;
mod client;
mod recording;

use crate::client::Outcome;
use crate::recording::{Call, Recording};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::Duration;

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        say("expected the path of a recording");
        return ExitCode::from(2);
    };
    match run(&path) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&why);
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str) -> Result<(), String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let recording: Recording =
        serde_json::from_str(&text).map_err(|error| format!("{path}: {error}"))?;
    let start_timeout = Duration::from_millis(recording.start_timeout_ms);
    let call_timeout = Duration::from_millis(recording.call_timeout_ms);
    let client = client::connect(&recording.socket, start_timeout).map_err(|error| {
        format!(
            "the agent does not listen at {} after {} ms: {error}",
            recording.socket, recording.start_timeout_ms
        )
    })?;
    let others = Mutex::new(Vec::new());
    calls::replay(
        &recording,
        |call| say(&format!("{} {}", call.number, call.method)),
        |call| client::send(&client.clone(), call, call_timeout),
        |call, outcome| {
            say(&describe(call, outcome));
            if !call.recorded.is_shown_by(outcome.ending) {
                others.lock().unwrap().push(call.number);
            }
        },
    );
    let others = others.into_inner().unwrap();
    let count = recording.calls.len();
    if others.is_empty() {
        say(&format!("all {count} calls ended as recorded"));
        return Ok(());
    }
    let different = others.len();
    Err(format!(
        "{different} of {count} calls ended otherwise than recorded: {others:?}"
    ))
}

fn describe(call: &Call, Outcome { ending, reason }: &Outcome) -> String {
    let Call {
        number,
        method,
        recorded,
        ..
    } = call;
    let recorded = match recorded.is_shown_by(*ending) {
        true => "as recorded".to_owned(),
        false => format!("recorded: {recorded}"),
    };
    let reason = match reason.is_empty() {
        true => String::new(),
        false => format!(" ({})", reason.replace(char::is_control, " ")),
    };
    format!("{number} {method}: {ending}{reason}, {recorded}")
}

/// Prints one line, in one write(2), so that the lines of others rarely end up within it.
fn say(what: &str) {
    // If this fails, there is nobody left to tell.
    let _ = std::io::stderr().write_all(format!("replay: {what}\n").as_bytes());
}
