//! PID 1 of a guest: brings it up and does what the host asks over the control channel. The
//! protocol is specified in docs/guest-protocol.md; docs/guest-init.md is a map of the modules.

mod agent;
mod bytes;
mod cgroups;
mod channel;
mod children;
mod clock;
mod console;
mod facts;
mod failure;
mod files;
mod frame;
mod kernel_log;
mod layout;
mod link;
mod methods;
mod modules;
mod mountinfo;
mod mounts;
mod network;
mod outbox;
mod patience;
mod pipes;
mod port;
mod power;
mod processes;
mod programs;
mod relay;
mod requests;
mod restore;
mod streams;
mod waiter;

use crate::agent::Agent;
use crate::channel::Channel;
use crate::children::Children;
use crate::console::say;
use crate::port::Port;
use crate::power::fatal;
use crate::streams::Stream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const PORTS: [&str; 4] = [
    "kmx.control",
    "kmx.agent",
    "kmx.agent.stdout",
    "kmx.agent.stderr",
];
/// A loaded host may take seconds to announce its ports.
const PORTS_TIMEOUT: Duration = Duration::from_secs(20);

fn main() {
    if std::process::id() != 1 {
        say("must be PID 1 of a guest: it mounts file systems and powers the machine off");
        std::process::exit(2);
    }
    // Otherwise a thread that panics would leave behind a guest that looks alive.
    std::panic::set_hook(Box::new(|panic| {
        fatal(panic.to_string().replace('\n', " "))
    }));
    match bring_up() {
        Ok(channel) => match channel.serve() {
            Err(errno) => fatal(format!("port {}: {errno}", PORTS[0])),
        },
        Err(reason) => fatal(reason),
    }
}

fn bring_up() -> Result<Channel, String> {
    mounts::mount_basics()?;
    kernel_log::remember_level();
    nix::unistd::sethostname("kmx").map_err(|errno| format!("sethostname: {errno}"))?;
    if let Err(error) = network::bring_loopback_up() {
        say(format!("cannot bring up the loopback interface: {error}"));
    }
    modules::load_modules();
    let [control, agent_port, stdout_port, stderr_port] = port::open_ports(PORTS, PORTS_TIMEOUT)?;

    let children = Arc::new(Children::default());
    let relay = relay::Relay::new().map_err(|errno| format!("eventfd: {errno}"))?;
    let relay = Arc::new(relay);
    let stdout = forward_stream(PORTS[2], stdout_port)?;
    let stderr = forward_stream(PORTS[3], stderr_port)?;
    let reaping = Arc::clone(&children);
    spawn("reaper", move || reaping.reap())?;
    let relaying = Arc::clone(&relay);
    spawn("relay", move || match relaying.serve(&agent_port) {
        Err(errno) => fatal(format!("port {}: {errno}", PORTS[1])),
    })?;

    let agent = Agent::new(children, stdout, stderr, relay);
    let (outbox, inbox) = outbox::open_outbox().map_err(|errno| format!("eventfd: {errno}"))?;
    let guest = requests::Guest {
        agent,
        cgroups: cgroups::Cgroups::default(),
        outbox,
    };
    Ok(Channel::new(control, inbox, Arc::new(guest)))
}

fn forward_stream(name: &'static str, port: Port) -> Result<Arc<Stream>, String> {
    let stream = Stream::new().map_err(|error| format!("pipe for {name}: {error}"))?;
    let stream = Arc::new(stream);
    let forwarding = Arc::clone(&stream);
    spawn(name, move || match forwarding.forward(&port) {
        Err(reason) => fatal(format!("port {name}: {reason}")),
    })?;
    Ok(stream)
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), String> {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    spawned
        .map(drop)
        .map_err(|error| format!("thread {name}: {error}"))
}
