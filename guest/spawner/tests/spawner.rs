//! The spawner as kmx uses it, though not as PID 1.

use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus};
use tempfile::TempDir;

struct Spawner {
    folder: TempDir,
    process: Child,
    owner: UnixStream,
}

impl Spawner {
    fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let listener = UnixListener::bind(folder.path().join("owner")).unwrap();
        let process = Command::new(env!("CARGO_BIN_EXE_spawner"))
            .arg(folder.path())
            .spawn()
            .unwrap();
        let (owner, _) = listener.accept().unwrap();
        let mut ready = String::new();
        BufReader::new(&owner).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        Self {
            folder,
            process,
            owner,
        }
    }

    fn ask(&self, request: &Value) -> Answers {
        let mut stream = UnixStream::connect(self.folder.path().join("spawn")).unwrap();
        stream.write_all(format!("{request}\n").as_bytes()).unwrap();
        Answers(BufReader::new(stream))
    }

    fn ask_shell(&self, script: &str) -> Answers {
        self.ask(&json!({ "argv": ["sh", "-c", script] }))
    }

    fn end(mut self) -> ExitStatus {
        drop(self.owner);
        self.process.wait().unwrap()
    }
}

struct Answers(BufReader<UnixStream>);

impl Answers {
    fn next(&mut self) -> Value {
        let mut line = String::new();
        self.0.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap()
    }

    fn started(&mut self) -> u64 {
        let answer = self.next();
        answer["started"]["pid"]
            .as_u64()
            .unwrap_or_else(|| panic!("expected a start, found {answer}"))
    }

    fn ended(&mut self) -> Value {
        let answer = self.next()["ended"].clone();
        assert_eq!(self.0.read(&mut [0]).unwrap(), 0, "nothing follows");
        answer
    }
}

fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid).join("stat"));
    stat.is_ok_and(|text| !text.contains(") Z "))
}

/// Waits until the program has written a whole line to the file.
fn line_in(path: &Path) -> String {
    loop {
        let text = fs::read_to_string(path).unwrap_or_default();
        if let Some(line) = text.strip_suffix('\n') {
            return line.to_owned();
        }
        std::thread::yield_now();
    }
}

#[test]
fn a_programs_output_and_exit_code_are_reported() {
    let spawner = Spawner::start();
    let mut answers = spawner.ask_shell("echo out; echo err >&2; exit 3");
    answers.started();
    let ended = answers.ended();
    assert_eq!(
        ended,
        json!({ "code": 3, "signal": null, "output": "out\nerr" })
    );
    assert!(spawner.end().success());
}

#[test]
fn a_program_killed_by_somebody_else_is_reported_with_its_signal() {
    let spawner = Spawner::start();
    let mut answers = spawner.ask_shell("kill -SEGV $$");
    answers.started();
    assert_eq!(answers.ended()["signal"], "SIGSEGV");
}

#[test]
fn a_program_that_does_not_exist_is_refused_with_the_reason() {
    let spawner = Spawner::start();
    let answer = spawner.ask(&json!({ "argv": ["/nowhere/qemu"] })).next();
    let reason = answer["refused"]["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("/nowhere/qemu: No such file"),
        "{reason}"
    );
}

#[test]
fn a_program_gets_its_input_and_its_memory_file_which_loses_its_name() {
    let spawner = Spawner::start();
    let [input, memory] = ["input", "memory"].map(|name| spawner.folder.path().join(name));
    fs::write(&input, "typed\n").unwrap();
    fs::write(&memory, "remembered\n").unwrap();
    let mut answers = spawner.ask(&json!({
        "argv": ["sh", "-c", "cat - /proc/self/fd/3; echo more >>/proc/self/fd/3"],
        "stdin": input,
        "memory": memory,
    }));
    answers.started();
    assert!(!memory.exists());
    assert_eq!(answers.ended()["output"], "typed\nremembered");
}

#[test]
fn a_program_without_a_memory_file_inherits_nothing() {
    let spawner = Spawner::start();
    let mut answers = spawner.ask_shell("[ ! -e /proc/$$/fd/3 ]");
    answers.started();
    assert_eq!(answers.ended()["code"], 0);
}

#[test]
fn the_end_of_a_connection_ends_its_program_with_what_it_started() {
    let spawner = Spawner::start();
    let path = spawner.folder.path().join("child");
    let script = format!("sleep 1000 & echo $! >{}; wait", path.display());
    let mut answers = spawner.ask_shell(&script);
    answers.started();
    let child = line_in(&path);
    answers.0.get_ref().shutdown(Shutdown::Write).unwrap();
    assert_eq!(answers.ended()["signal"], "SIGKILL");
    while is_alive(&child) {
        std::thread::yield_now();
    }
}

#[test]
fn programs_run_side_by_side_and_one_that_prints_without_end_stops_nobody() {
    let spawner = Spawner::start();
    let path = spawner.folder.path().join("printed");
    let script = format!("echo y; echo now >{}; exec yes", path.display());
    let mut endless = spawner.ask_shell(&script);
    endless.started();
    line_in(&path);
    let mut other = spawner.ask_shell("echo done");
    other.started();
    assert_eq!(other.ended()["output"], "done");
    endless.0.get_ref().shutdown(Shutdown::Write).unwrap();
    let output = endless.ended()["output"].as_str().unwrap().to_owned();
    assert!(output.ends_with('y'), "{output}");
}

#[test]
fn a_connection_that_asks_for_nothing_does_no_harm() {
    let spawner = Spawner::start();
    drop(UnixStream::connect(spawner.folder.path().join("spawn")).unwrap());
    let mut answers = spawner.ask_shell("exit 0");
    answers.started();
    assert_eq!(answers.ended()["code"], 0);
}

#[test]
fn the_end_of_the_owner_ends_the_spawner() {
    let spawner = Spawner::start();
    let mut answers = spawner.ask_shell("exec sleep 1000");
    let pid = answers.started().to_string();
    assert!(is_alive(&pid));
    assert!(spawner.end().success());
    // In a container the kernel ends it with PID 1.
    Command::new("kill").arg(&pid).status().unwrap();
}

#[test]
fn without_an_owner_the_spawner_does_not_start() {
    let folder = TempDir::new().unwrap();
    let process = Command::new(env!("CARGO_BIN_EXE_spawner"))
        .arg(folder.path())
        .output()
        .unwrap();
    assert!(!process.status.success());
    assert!(String::from_utf8_lossy(&process.stderr).contains("No such file"));
}
