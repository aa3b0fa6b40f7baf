//! The agent's own life, from opening its socket to the end of the sandbox.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use log::{info, warn};
use ttrpc::r#async::Server;

use crate::arguments::{Arguments, GuardMode};
use crate::cgroups::{Guard, Guarded, Offered, Unguarded};
use crate::guest;
use crate::manners::Manners;
use crate::sandbox::Sandbox;
use crate::service::make_services;

/// Serves until the sandbox is destroyed.
pub fn run(arguments: &Arguments) -> Result<()> {
    // Processes of containers are forked twice; this makes the agent their parent in the end.
    nix::sys::prctl::set_child_subreaper(true).context("become a subreaper")?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime.context("start tokio")?.block_on(serve(arguments));
    log::logger().flush();
    outcome
}

async fn serve(arguments: &Arguments) -> Result<()> {
    info!(
        "announce: kmx-agent {}, guard {:?}",
        guest::VERSION,
        arguments.guard
    );
    let (guard, manners): (Arc<dyn Guard>, _) = match arguments.guard {
        GuardMode::Off => (Arc::new(Unguarded), Manners::OfKata),
        GuardMode::On => {
            match Offered::detect() {
                Ok(offered) => info!("this guest offers {offered}"),
                Err(failure) => warn!("cannot tell what this guest offers: {failure}"),
            }
            (Arc::new(Guarded), Manners::Considerate)
        }
    };
    let sandbox = Arc::new(Sandbox::new(guard, manners));
    let address = &arguments.address;
    remove_stale_socket(address)?;
    let mut server = Server::new()
        .bind(address)
        .with_context(|| format!("listen at {address}"))?
        .register_service(make_services(Arc::clone(&sandbox)));
    server.start().await.context("start the ttRPC server")?;
    info!("ttRPC server started, address {address}");
    sandbox.wait_destroyed().await;
    // Waits until pending calls are answered, DestroySandbox among them.
    server.shutdown().await.context("stop the ttRPC server")?;
    info!("sandbox destroyed, the agent ends");
    Ok(())
}

/// An earlier agent may have left its socket in the guest, and bind(2) does not replace it.
fn remove_stale_socket(address: &str) -> Result<()> {
    let Some(path) = address
        .strip_prefix("unix://")
        .filter(|path| path.starts_with('/'))
    else {
        return Ok(());
    };
    let path = Path::new(path);
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => {
            std::fs::remove_file(path).with_context(|| format!("remove {}", path.display()))
        }
        _ => Ok(()),
    }
}
