//! A folder for mount points that exist only while facts are probed.

use crate::failure::Failure;
use std::fs;

const PATH: &str = "/run/kmx-probe";

pub struct ProbeFolder(());

impl ProbeFolder {
    pub fn create() -> Result<Self, Failure> {
        fs::create_dir_all(PATH).map_err(|error| Failure::io(format!("mkdir {PATH}"), &error))?;
        Ok(Self(()))
    }

    pub fn path(&self) -> &'static str {
        PATH
    }

    pub fn remove(self) -> Result<(), Failure> {
        remove_mount_point(PATH)
    }
}

pub fn make_mount_point(parent: &str, name: &str) -> Result<String, Failure> {
    let path = format!("{parent}/{name}");
    fs::create_dir(&path).map_err(|error| Failure::io(format!("mkdir {path}"), &error))?;
    Ok(path)
}

pub fn remove_mount_point(path: &str) -> Result<(), Failure> {
    fs::remove_dir(path).map_err(|error| Failure::io(format!("rmdir {path}"), &error))
}
