//! Generates messages and ttrpc services from `guest/proto/*.proto`.

use std::path::Path;

use ttrpc_codegen::{Codegen, Customize};

/// ttrpc-codegen can also write this list, but with an inner attribute that `include!` does not
/// allow.
const MODULES: &str = "\
pub mod agent;
pub mod agent_ttrpc;
pub mod health;
pub mod health_ttrpc;
pub mod oci;
";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = "../proto";
    let inputs = ["agent", "health", "oci"].map(|name| format!("{directory}/{name}.proto"));
    for input in &inputs {
        println!("cargo::rerun-if-changed={input}");
    }
    Codegen::new()
        .inputs(&inputs)
        .include(directory)
        .rust_protobuf()
        .customize(Customize {
            async_all: true,
            ..Customize::default()
        })
        .run()?;
    let output = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&output).join("protocol.rs"), MODULES)?;
    // What only debuggers read is copied into every guest, too.
    println!("cargo::rustc-link-arg-bins=-Wl,--compress-debug-sections=zlib");
    Ok(())
}
