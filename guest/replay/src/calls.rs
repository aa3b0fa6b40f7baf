//! Which call is made when: each as soon as those have ended that had ended when it was recorded.

use crate::client::Outcome;
use crate::recording::{Call, Recording};
use std::collections::HashSet;
use std::sync::{Condvar, Mutex};
use std::thread;

#[derive(Default)]
struct Ended {
    numbers: Mutex<HashSet<u32>>,
    changed: Condvar,
}

impl Ended {
    fn wait_for(&self, numbers: &[u32]) {
        let ended = self.numbers.lock().unwrap();
        let missing = |ended: &mut HashSet<u32>| numbers.iter().any(|it| !ended.contains(it));
        drop(self.changed.wait_while(ended, missing).unwrap());
    }

    fn add(&self, number: u32) {
        self.numbers.lock().unwrap().insert(number);
        self.changed.notify_all();
    }
}

/// Makes all calls. `make` makes one and is called in a thread of its own; `begin` is called before each, in
/// their order.
pub fn replay(
    recording: &Recording,
    begin: impl Fn(&Call),
    make: impl Fn(&Call) -> Outcome + Sync,
    end: impl Fn(&Call, &Outcome) + Sync,
) {
    let ended = Ended::default();
    thread::scope(|threads| {
        for call in &recording.calls {
            ended.wait_for(&call.after);
            begin(call);
            let (make, end, ended) = (&make, &end, &ended);
            threads.spawn(move || {
                end(call, &make(call));
                ended.add(call.number);
            });
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Ending;
    use std::sync::mpsc::channel;

    fn call(number: u32, after: &[u32]) -> Call {
        Call {
            number,
            service: String::new(),
            method: String::new(),
            payload: vec![],
            after: after.to_vec(),
            recorded: Ending::Answered,
        }
    }

    #[test]
    fn a_call_waits_for_those_that_had_ended_and_not_for_others() {
        // The second one only ends once the third was made, as a wait for a process does.
        let calls = vec![
            call(1, &[]),
            call(2, &[1]),
            call(3, &[1]),
            call(4, &[1, 2, 3]),
        ];
        let recording = Recording {
            socket: String::new(),
            start_timeout_ms: 0,
            call_timeout_ms: 0,
            calls,
        };
        let (third_is_made, third) = channel();
        let third = Mutex::new(third);
        let order = Mutex::new(Vec::new());
        replay(
            &recording,
            |call| order.lock().unwrap().push(format!("begin {}", call.number)),
            |call| {
                match call.number {
                    2 => third.lock().unwrap().recv().unwrap(),
                    3 => third_is_made.send(()).unwrap(),
                    _ => {}
                }
                let (ending, reason) = (Ending::Answered, String::new());
                Outcome { ending, reason }
            },
            |call, _| order.lock().unwrap().push(format!("end {}", call.number)),
        );
        let order = order.into_inner().unwrap();
        let at = |what: &str| order.iter().position(|it| it == what).unwrap();
        assert_eq!(order.len(), 8);
        assert!(at("end 1") < at("begin 2"));
        assert!(at("begin 3") < at("end 2"));
        assert!(at("end 2") < at("begin 4") && at("end 3") < at("begin 4"));
    }
}
