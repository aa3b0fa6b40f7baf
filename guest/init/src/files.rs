//! Files and folders of the guest, above all cgroup files.

use crate::bytes::Base64;
use crate::failure::Failure;
use nix::errno::Errno;
use serde::{Deserialize, Serialize};
use std::fs::{self, File, FileType, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::fs::{FileExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// An answer holds the file in base64 and must fit into a frame.
pub const READ_BYTES_MAX: u64 = 2 * 1024 * 1024;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReadFile {
    path: String,
    max_bytes: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteFile {
    path: String,
    data: Base64,
}

/// A piece of a file that is larger than a frame.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstallFile {
    path: String,
    mode: u32,
    /// Where the piece goes, in bytes; 0 truncates the file first.
    offset: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListDirectory {
    path: String,
}

#[derive(Debug, Serialize)]
pub struct Content {
    data: Base64,
    truncated: bool,
}

#[derive(Debug, Serialize)]
pub struct Entries {
    entries: Vec<Entry>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Entry {
    name: String,
    kind: &'static str,
}

/// Reads to the end. Of a file that blocks there (`/dev/kmsg`), it reads what is available now.
pub fn read_file(ReadFile { path, max_bytes }: &ReadFile) -> Result<Content, Failure> {
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(path);
    let file = opened.map_err(|error| Failure::io(format!("open {path}"), &error))?;
    let max_bytes = *max_bytes.min(&READ_BYTES_MAX);
    let mut bytes = Vec::new();
    match file.take(max_bytes + 1).read_to_end(&mut bytes) {
        Err(error) if error.kind() != ErrorKind::WouldBlock => {
            return Err(Failure::io(format!("read {path}"), &error));
        }
        _ => {}
    }
    let truncated = bytes.len() as u64 > max_bytes;
    bytes.truncate(max_bytes as usize);
    Ok(Content {
        data: Base64(bytes),
        truncated,
    })
}

/// One write(2), as cgroup files require. Creates the file if it is missing, where that is
/// possible.
pub fn write_file(WriteFile { path, data }: &WriteFile) -> Result<(), Failure> {
    let mut file =
        open_to_write(path).map_err(|error| Failure::io(format!("open {path}"), &error))?;
    let doing = || format!("write {} bytes to {path}", data.0.len());
    let written = file
        .write(&data.0)
        .map_err(|error| Failure::io(doing(), &error))?;
    if written == data.0.len() {
        return Ok(());
    }
    let text = format!("{}: the kernel took only {written}", doing());
    Err(Failure::new(Errno::EIO, text))
}

fn open_to_write(path: &str) -> io::Result<File> {
    let opened = OpenOptions::new().write(true).truncate(true).open(path);
    let Err(absent) = opened else { return opened };
    if absent.kind() != ErrorKind::NotFound {
        return Err(absent);
    }
    match OpenOptions::new().write(true).create_new(true).open(path) {
        // cgroup, proc and sysfs do not let anybody create files: report that there is none.
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Err(absent),
        outcome => outcome,
    }
}

/// Writes one piece of a file and creates its folders. In the end the file looks as if it had been
/// in the initramfs.
pub fn install_file(
    InstallFile { path, mode, offset }: &InstallFile,
    piece: &[u8],
) -> Result<(), Failure> {
    let failure = |error: io::Error| {
        Failure::io(
            format!("install {} bytes at {offset} of {path}", piece.len()),
            &error,
        )
    };
    if let Some(folder) = Path::new(path).parent() {
        fs::create_dir_all(folder).map_err(failure)?;
    }
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(*offset == 0)
        .open(path)
        .map_err(failure)?;
    file.set_permissions(Permissions::from_mode(*mode))
        .and_then(|()| file.write_all_at(piece, *offset))
        .map_err(failure)
}

pub fn list_directory(ListDirectory { path }: &ListDirectory) -> Result<Entries, Failure> {
    let failure = |error: io::Error| Failure::io(format!("list {path}"), &error);
    let mut entries = Vec::new();
    for entry in fs::read_dir(path).map_err(failure)? {
        let entry = entry.map_err(failure)?;
        let kind = kind_of(entry.file_type().map_err(failure)?);
        entries.push(Entry {
            name: entry.file_name().to_string_lossy().into_owned(),
            kind,
        });
    }
    entries.sort();
    Ok(Entries { entries })
}

fn kind_of(kind: FileType) -> &'static str {
    match kind {
        _ if kind.is_file() => "file",
        _ if kind.is_dir() => "directory",
        _ if kind.is_symlink() => "link",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(path: &str, max_bytes: u64) -> Result<Content, Failure> {
        read_file(&ReadFile {
            path: path.into(),
            max_bytes,
        })
    }

    fn write(path: &str, text: &str) -> Result<(), Failure> {
        write_file(&WriteFile {
            path: path.into(),
            data: Base64(text.into()),
        })
    }

    #[test]
    fn a_file_is_written_read_and_truncated_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").to_str().unwrap().to_owned();
        write(&path, "longer text").unwrap();
        write(&path, "text").unwrap();
        let whole = read(&path, 4).unwrap();
        assert_eq!((whole.data.0, whole.truncated), (b"text".to_vec(), false));
        let cut = read(&path, 3).unwrap();
        assert_eq!((cut.data.0, cut.truncated), (b"tex".to_vec(), true));
    }

    #[test]
    fn a_file_is_installed_piece_by_piece_with_its_folders_and_mode() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/program");
        let install = |offset, text: &str| {
            let wanted = InstallFile {
                path: path.to_str().unwrap().into(),
                mode: 0o755,
                offset,
            };
            install_file(&wanted, text.as_bytes())
        };
        install(0, "one that was longer").unwrap();
        install(0, "first ").unwrap();
        install(6, "second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"first second");
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o755);
        fs::remove_dir_all(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a"), "in the way").unwrap();
        assert_eq!(install(0, "x").unwrap_err().code, "ENOTDIR");
    }

    #[test]
    fn an_endless_file_is_truncated_at_what_an_answer_holds() {
        let content = read("/dev/zero", u64::MAX).unwrap();
        assert_eq!(
            (content.data.0.len() as u64, content.truncated),
            (READ_BYTES_MAX, true)
        );
    }

    #[test]
    fn a_pipe_nobody_writes_to_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fifo");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        assert_eq!(read(path.to_str().unwrap(), 10).unwrap().data.0, b"");
    }

    #[test]
    fn a_file_that_cannot_be_created_is_reported_as_missing() {
        let failure = write("/proc/no-such-file", "x").unwrap_err();
        assert_eq!(failure.code, "ENOENT");
        assert_eq!(
            failure.message,
            "open /proc/no-such-file: No such file or directory"
        );
    }

    #[test]
    fn the_entries_of_a_folder_are_listed_by_name_with_their_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir(path.join("b")).unwrap();
        fs::write(path.join("a"), "").unwrap();
        std::os::unix::fs::symlink("nowhere", path.join("c")).unwrap();
        let wanted = ListDirectory {
            path: path.to_str().unwrap().into(),
        };
        let entries = list_directory(&wanted).unwrap().entries;
        let expected = [("a", "file"), ("b", "directory"), ("c", "link")];
        assert_eq!(
            entries,
            expected.map(|(name, kind)| Entry {
                name: name.into(),
                kind
            })
        );
    }
}
