//! PID 1 of a guest, which is a machine or a container: brings it up and does what the host asks over
//! the control channel. The protocol is specified in docs/guest-protocol.md; docs/guest-init.md is a
//! map of the modules.

mod agent;
mod bytes;
mod cgroup_sets;
mod cgroups;
mod channel;
mod children;
mod clock;
mod console;
mod ending;
mod entrance;
mod facts;
mod failure;
mod files;
mod frame;
mod home;
mod kernel_log;
mod layout;
mod link;
mod methods;
mod modules;
mod mountinfo;
mod mounts;
mod network;
mod outbox;
mod own_v2;
mod patience;
mod pipes;
mod port;
mod processes;
mod programs;
mod relay;
mod requests;
mod restore;
mod standalone;
mod streams;
mod tool;
mod virtio_ports;
mod waiter;
mod waiting;

use crate::agent::Agent;
use crate::channel::Channel;
use crate::children::Children;
use crate::console::say;
use crate::ending::fatal;
use crate::home::{Home, Ports};
use crate::port::Port;
use crate::streams::Stream;
use crate::tool::Tool;
use std::sync::Arc;
use std::thread;

fn main() {
    if std::process::id() != 1 {
        say("must be PID 1 of a guest: it mounts file systems and powers the machine off");
        std::process::exit(2);
    }
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let home = Home::find(&arguments);
    ending::prepare(&home);
    // Otherwise a thread that panics would leave behind a guest that looks alive.
    std::panic::set_hook(Box::new(|panic| {
        fatal(panic.to_string().replace('\n', " "))
    }));
    if let Some(script) = standalone::find_script(&arguments) {
        standalone::run(script);
    }
    match bring_up(home) {
        Ok(channel) => match channel.serve() {
            Err(errno) => fatal(format!("port kmx.control: {errno}")),
        },
        Err(reason) => fatal(reason),
    }
}

fn bring_up(home: Home) -> Result<Channel, String> {
    let Ports {
        control,
        agent: entrance,
        agent_stdout,
        agent_stderr,
        tool,
    } = home.bring_up()?;
    let children = Arc::new(Children::default());
    let relay = relay::Relay::new().map_err(|errno| format!("eventfd: {errno}"))?;
    let relay = Arc::new(relay);
    let stdout = forward_stream("kmx.agent.stdout", agent_stdout)?;
    let stderr = forward_stream("kmx.agent.stderr", agent_stderr)?;
    let reaping = Arc::clone(&children);
    spawn("reaper", move || reaping.reap())?;
    let relaying = Arc::clone(&relay);
    spawn("relay", move || match relaying.serve(&entrance) {
        Err(errno) => fatal(format!("port kmx.agent: {errno}")),
    })?;

    let tool = Tool::new(Arc::clone(&children), tool);
    let agent = Agent::new(children, stdout, stderr, relay);
    let (outbox, inbox) = outbox::open_outbox().map_err(|errno| format!("eventfd: {errno}"))?;
    let guest = requests::Guest {
        agent,
        cgroups: cgroups::Cgroups::new(home.clone()),
        home: home.clone(),
        outbox,
        tool,
    };
    Ok(Channel::new(home, control, inbox, Arc::new(guest)))
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
