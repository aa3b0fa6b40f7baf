use super::*;
use crate::children::tests::reaped_children;
use crate::outbox::{Inbox, open_outbox};
use std::fs;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

struct Bench {
    tool: Tool,
    outbox: Outbox,
    inbox: Inbox,
    folder: tempfile::TempDir,
}

fn bench() -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let listener = UnixListener::bind(folder.path().join("tool")).unwrap();
    let (outbox, inbox) = open_outbox().unwrap();
    Bench {
        tool: Tool::new(reaped_children(), Entrance::listener(listener).unwrap()),
        outbox,
        inbox,
        folder,
    }
}

impl Bench {
    fn start(&self, script: &str, terminal: Option<WindowSize>) -> Result<u32, Failure> {
        let wanted = StartTool {
            argv: ["/bin/sh", "-c", script].map(str::to_owned).into(),
            env: BTreeMap::new(),
            cwd: None,
            terminal,
        };
        self.tool.start(wanted, &self.outbox)
    }

    fn connect(&self) -> UnixStream {
        UnixStream::connect(self.folder.path().join("tool")).unwrap()
    }

    fn exit(&self) -> Value {
        loop {
            if let Some(sent) = self.inbox.next_for(Some(1)) {
                return serde_json::from_slice(&sent.payload).unwrap();
            }
            thread::yield_now();
        }
    }
}

fn size(columns: u16, rows: u16) -> WindowSize {
    WindowSize { columns, rows }
}

fn terminal(columns: u16, rows: u16) -> Option<WindowSize> {
    Some(size(columns, rows))
}

/// What the host reads up to and including this text.
fn read_until(host: &mut UnixStream, text: &str) -> String {
    let mut read = String::new();
    let mut byte = [0];
    while !read.ends_with(text) {
        host.read_exact(&mut byte)
            .unwrap_or_else(|error| panic!("{error} after {read:?}"));
        read.push(byte[0].into());
    }
    read
}

fn read_all(mut host: UnixStream) -> String {
    let mut read = String::new();
    host.read_to_string(&mut read).unwrap();
    read
}

#[test]
fn the_hosts_connection_is_a_tools_input_and_output() {
    let bench = bench();
    let pid = bench
        .start("read line; echo got $line; pwd; exit 3", None)
        .unwrap();
    let mut host = bench.connect();
    host.write_all(b"this\n").unwrap();
    assert_eq!(read_all(host), "got this\n/\n");
    assert_eq!(
        bench.exit(),
        json!({
            "type": "event", "name": "tool-exit", "pid": pid, "code": 3, "signal": null,
            "outputBytes": 11,
        })
    );
}

#[test]
fn output_waits_for_a_host_that_comes_after_the_end() {
    let bench = bench();
    bench.start("echo early; echo bad >&2", None).unwrap();
    assert_eq!(bench.exit()["outputBytes"], 10);
    assert_eq!(read_all(bench.connect()), "early\nbad\n");
}

#[test]
fn output_that_nobody_has_read_is_not_the_next_tools() {
    let bench = bench();
    bench.start("echo first", terminal(80, 24)).unwrap();
    bench.exit();
    let stale = bench.connect();
    bench.start("echo second", None).unwrap();
    assert_eq!(read_all(bench.connect()), "second\n");
    drop(stale);
}

#[test]
fn more_output_than_anything_holds_arrives_whole() {
    let bench = bench();
    bench
        .start("head -c 3000000 /dev/zero", terminal(80, 24))
        .unwrap();
    assert_eq!(read_all(bench.connect()).len(), 3_000_000);
    assert_eq!(bench.exit()["outputBytes"], 3_000_000);
}

#[test]
fn a_terminal_has_a_size_that_can_be_changed() {
    let bench = bench();
    bench
        .start(
            "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.02; done",
            terminal(100, 30),
        )
        .unwrap();
    let mut host = bench.connect();
    assert_eq!(read_until(&mut host, "\n"), "30 100\r\n");
    let size = size(77, 22);
    bench.tool.resize(size).unwrap();
    assert_eq!(read_until(&mut host, "\n"), "22 77\r\n");
    assert_eq!(bench.exit()["code"], 0);
}

#[test]
fn an_interrupt_goes_to_the_programs_in_the_foreground() {
    let bench = bench();
    bench
        .start(
            "trap 'echo caught' INT; echo ready; sleep 1000; echo after",
            terminal(80, 24),
        )
        .unwrap();
    let mut host = bench.connect();
    read_until(&mut host, "ready\r\n");
    host.write_all(b"\x03").unwrap();
    assert_eq!(read_until(&mut host, "after\r\n"), "^Ccaught\r\nafter\r\n");
}

#[test]
fn a_host_that_leaves_hangs_up_the_terminal() {
    let bench = bench();
    bench
        .start("echo ready; sleep 1000", terminal(80, 24))
        .unwrap();
    let mut host = bench.connect();
    read_until(&mut host, "ready\r\n");
    drop(host);
    assert_eq!(bench.exit()["signal"], "SIGHUP");
}

#[test]
fn a_tool_without_a_terminal_reads_the_end_of_its_input_when_the_host_leaves() {
    let bench = bench();
    bench.start("cat >/dev/null; exit 5", None).unwrap();
    drop(bench.connect());
    assert_eq!(bench.exit()["code"], 5);
}

#[test]
fn a_second_tool_is_told_which_one_is_running() {
    let bench = bench();
    let pid = bench.start("sleep 1000", None).unwrap();
    let failure = bench.start("true", None).unwrap_err();
    assert_eq!(failure.code, "EBUSY");
    assert_eq!(
        failure.message,
        format!("/bin/sh is already running as the guest's tool, as process {pid}")
    );
    bench.tool.stop().unwrap();
    assert_eq!(bench.exit()["signal"], "SIGKILL");
    bench.start("echo again", None).unwrap();
    assert_eq!(read_all(bench.connect()), "again\n");
}

#[test]
fn stopping_a_shell_ends_its_jobs() {
    let bench = bench();
    bench
        .start("set -m; sleep 1000 & echo $!; wait", terminal(80, 24))
        .unwrap();
    let mut host = bench.connect();
    let job: i32 = read_until(&mut host, "\r\n").trim().parse().unwrap();
    bench.tool.stop().unwrap();
    // Its parent is this process's reaper, or not: it may stay as a zombie.
    let stat = fs::read_to_string(format!("/proc/{job}/stat")).unwrap_or_default();
    assert!(!stat.contains(") S "), "{stat}");
}

#[test]
fn what_cannot_be_started_or_resized_says_why() {
    let bench = bench();
    let size = size(80, 24);
    assert_eq!(bench.tool.resize(size).unwrap_err().code, "ESRCH");
    let wanted = StartTool {
        argv: vec!["/no/such".to_owned()],
        env: BTreeMap::new(),
        cwd: None,
        terminal: terminal(80, 24),
    };
    let failure = bench.tool.start(wanted, &bench.outbox).unwrap_err();
    assert_eq!(failure.code, "ENOENT");
    assert!(failure.message.starts_with("start /no/such in /"));
    bench.start("sleep 1000", None).unwrap();
    let failure = bench.tool.resize(size).unwrap_err();
    assert_eq!(failure.message, "/bin/sh was started without a terminal");
    bench.tool.stop().unwrap();
}
