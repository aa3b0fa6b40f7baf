use super::*;
use std::os::unix::net::UnixListener;
use std::sync::Arc;
use std::thread;

/// A relay, its host's socket, and a folder for the agent's. Unlike a port, a closed socket cannot
/// be reopened: that the next host is served as well only shows in a guest.
fn relayed() -> (Arc<Relay>, UnixStream, tempfile::TempDir) {
    let (ours, host) = UnixStream::pair().unwrap();
    let relay = serve(Entrance::port(Port::try_from(ours).unwrap()));
    (relay, host, tempfile::tempdir().unwrap())
}

fn serve(entrance: Entrance) -> Arc<Relay> {
    let relay = Arc::new(Relay::new().unwrap());
    let serving = Arc::clone(&relay);
    thread::spawn(move || serving.serve(&entrance));
    relay
}

fn await_status(relay: &Relay, wanted: impl Fn(&RelayStatus) -> bool) {
    while !wanted(&relay.status()) {
        thread::yield_now();
    }
}

#[test]
fn bytes_pass_both_ways_until_the_host_leaves() {
    let (relay, mut host, folder) = relayed();
    let path = folder.path().join("agent.sock");
    let listener = UnixListener::bind(&path).unwrap();
    relay.target(path);
    let (mut agent, _) = listener.accept().unwrap();
    let sent: Vec<u8> = (0..500_000u32).map(|it| (it % 251) as u8).collect();
    let echoing = thread::spawn(move || {
        let mut chunk = vec![0; 10_000];
        loop {
            match agent.read(&mut chunk).unwrap() {
                0 => return,
                bytes => agent.write_all(&chunk[..bytes]).unwrap(),
            }
        }
    });
    let mut writing = host.try_clone().unwrap();
    let bytes = sent.clone();
    let writer = thread::spawn(move || writing.write_all(&bytes));
    let mut received = vec![0; sent.len()];
    host.read_exact(&mut received).unwrap();
    writer.join().unwrap().unwrap();
    assert!(received == sent);
    drop(host);
    echoing.join().unwrap();
    await_status(&relay, |status| status.state == RelayState::NoHost);
    assert_eq!(relay.status().connections, 1);
}

#[test]
fn a_host_that_comes_early_waits_for_the_agent() {
    let (relay, mut host, folder) = relayed();
    host.write_all(b"early").unwrap();
    await_status(&relay, |it| {
        it.problem.as_deref() == Some("no agent was started")
    });
    let path = folder.path().join("agent.sock");
    relay.target(path.clone());
    let refused = format!("connect {}: ENOENT", path.display());
    await_status(&relay, |it| it.problem.as_ref() == Some(&refused));
    let (mut agent, _) = UnixListener::bind(&path).unwrap().accept().unwrap();
    let mut bytes = [0; 5];
    agent.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"early");
    assert_eq!(
        (relay.status().state, relay.status().problem),
        (RelayState::Open, None)
    );
}

#[test]
fn what_an_agent_sent_before_it_hung_up_still_arrives() {
    let (relay, mut host, folder) = relayed();
    let path = folder.path().join("agent.sock");
    let listener = UnixListener::bind(&path).unwrap();
    relay.target(path);
    let (mut agent, _) = listener.accept().unwrap();
    agent.write_all(b"last words").unwrap();
    drop(agent);
    let mut bytes = [0; 10];
    host.read_exact(&mut bytes).unwrap();
    assert_eq!(&bytes, b"last words");
    await_status(&relay, |it| it.state == RelayState::ClosedByAgent);
    host.write_all(&vec![0; 1_000_000]).unwrap();
}

/// A relay for hosts that connect, and where they do; the agent's listener, which the relay knows.
fn relayed_by_listener() -> (Arc<Relay>, PathBuf, UnixListener, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("host.sock");
    let relay = serve(Entrance::listener(UnixListener::bind(&path).unwrap()).unwrap());
    let agent = folder.path().join("agent.sock");
    let listener = UnixListener::bind(&agent).unwrap();
    relay.target(agent);
    (relay, path, listener, folder)
}

#[test]
fn each_host_that_connects_gets_a_connection_of_its_own() {
    let (relay, path, listener, _folder) = relayed_by_listener();
    for number in 1..=3 {
        let mut host = UnixStream::connect(&path).unwrap();
        host.write_all(&[number]).unwrap();
        let (mut agent, _) = listener.accept().unwrap();
        let mut byte = [0];
        agent.read_exact(&mut byte).unwrap();
        assert_eq!(byte, [number]);
        drop(host);
        await_status(&relay, |status| status.state == RelayState::NoHost);
        assert_eq!(relay.status().connections, u64::from(number));
        assert_eq!(agent.read(&mut byte).unwrap(), 0);
    }
}

#[test]
fn a_host_that_has_connected_reads_the_end_when_the_agent_hangs_up() {
    let (relay, path, listener, _folder) = relayed_by_listener();
    let mut host = UnixStream::connect(&path).unwrap();
    let (mut agent, _) = listener.accept().unwrap();
    agent.write_all(b"last words").unwrap();
    drop(agent);
    let mut words = String::new();
    host.read_to_string(&mut words).unwrap();
    assert_eq!(words, "last words");
    assert_eq!(relay.status().state, RelayState::ClosedByAgent);
    drop(host);
    await_status(&relay, |status| status.state == RelayState::NoHost);
}
