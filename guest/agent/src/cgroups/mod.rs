//! Cgroups of containers: created, limited, measured, frozen and removed.
//!
//! The two personalities are [`unguarded`] and [`guarded`]; the other modules are common to both.

mod control_file;
mod controller;
mod cpu_list;
mod device_rules;
mod directories;
mod freezer;
mod guard;
mod guarded;
mod limits;
mod needs;
mod offered;
pub mod oom;
mod processes;
pub mod stats;
mod unguarded;

pub use directories::{ContainerCgroup, Directories};
pub use guard::Guard;
pub use guarded::Guarded;
pub use needs::check_resources;
pub use offered::Offered;
pub use processes::kill as kill_processes;
pub use unguarded::Unguarded;
