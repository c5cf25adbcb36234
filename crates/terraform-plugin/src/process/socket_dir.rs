//! A fresh directory for one unix socket.
//!
//! The socket of a plugin that talks plaintext is guarded by nothing but file permissions, and
//! those of the socket file itself are not looked at everywhere. A directory of mode 0700 is.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::error::Error;

const SOCKET_NAME: &str = "socket";

/// What `sun_path` holds on the tightest system we know of, macOS, less the final zero byte.
const LONGEST_PATH: usize = 103;

/// A directory that is removed, with the socket in it, when this is dropped.
pub(super) struct SocketDir {
    path: PathBuf,
    socket_path: String,
}

impl SocketDir {
    /// Makes the directory, and binds a socket in it, within `parent`, or else within the system's
    /// directory for temporary files, or else within `/tmp`. The path has to be absolute, to fit
    /// into a socket address and to be without the handshake's separator; its parent has to be
    /// there, to be writable, and to be on a file system that knows sockets.
    pub(super) fn bind(parent: Option<&Path>) -> Result<(Self, UnixListener), Error> {
        let bind = |path: &str| UnixListener::bind(path);
        match parent {
            Some(parent) => Self::within(&[parent], bind),
            None => Self::within(&[&std::env::temp_dir(), Path::new("/tmp")], bind),
        }
    }

    /// Within the first of these that will do; the error is that of the first that should have.
    fn within<T>(
        parents: &[&Path],
        bind: impl Fn(&str) -> io::Result<T>,
    ) -> Result<(Self, T), Error> {
        let name = random_name()?;
        let mut failure = None;
        for (path, socket_path) in parents.iter().filter_map(|parent| place(parent, &name)) {
            let created = DirBuilder::new().mode(0o700).create(&path);
            let dir = created.map(|()| Self {
                path,
                socket_path: socket_path.clone(),
            });
            match dir.and_then(|dir| Ok((bind(dir.socket_path())?, dir))) {
                Ok((socket, dir)) => return Ok((dir, socket)),
                Err(source) => {
                    let address = socket_path;
                    failure.get_or_insert(Error::Listen { address, source });
                }
            }
        }
        Err(failure.unwrap_or(Error::NoSocketPath))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn socket_path(&self) -> &str {
        &self.socket_path
    }
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        remove(&self.path);
    }
}

/// A directory of this name in this parent, and the socket in that, if the path can be used. A
/// relative one, such as an empty `TMPDIR` makes, would be looked up by the host.
pub(super) fn place(parent: &Path, name: &str) -> Option<(PathBuf, String)> {
    let path = parent.join(name);
    let socket_path = path.join(SOCKET_NAME).to_str()?.to_owned();
    let usable = path.is_absolute()
        && socket_path.len() <= LONGEST_PATH
        && !socket_path.contains('|')
        && !socket_path.contains(char::is_control);
    usable.then_some((path, socket_path))
}

/// Removes a socket directory. What is already gone is none of our business.
pub(super) fn remove(dir: &Path) {
    let _: io::Result<()> = fs::remove_file(dir.join(SOCKET_NAME));
    let _: io::Result<()> = fs::remove_dir(dir);
}

/// Nobody can make this directory before us and have us listen in theirs.
fn random_name() -> Result<String, Error> {
    let mut bytes = [0; 9];
    SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| Error::Random)?;
    Ok(format!("plugin-{}", URL_SAFE_NO_PAD.encode(bytes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unusable_parents() {
        let too_long = PathBuf::from("/").join("x".repeat(120));
        let unusable = ["/tmp/a|b", "/tmp/a\nb", "", ".", "tmp"].map(Path::new);
        for parent in unusable.into_iter().chain([&*too_long]) {
            let bound = SocketDir::bind(Some(parent));
            let is_told = matches!(bound, Err(Error::NoSocketPath));
            assert!(is_told, "{}", parent.display());
        }
        assert!(matches!(
            SocketDir::bind(Some(Path::new("/nowhere/at/all"))),
            Err(Error::Listen { .. })
        ));
    }

    #[test]
    fn the_next_parent_serves_where_one_cannot() {
        let good = tempfile::tempdir().unwrap();
        let file = good.path().join("file");
        fs::write(&file, "").unwrap();
        let no_sockets = tempfile::tempdir().unwrap();
        let bind = |path: &str| {
            if Path::new(path).starts_with(no_sockets.path()) {
                return Err(io::ErrorKind::Unsupported.into());
            }
            UnixListener::bind(path)
        };
        let nowhere = Path::new("/nowhere/at/all");
        let unusable = [Path::new("/tmp/a|b"), Path::new("")];
        for bad in [nowhere, &file, no_sockets.path()]
            .into_iter()
            .chain(unusable)
        {
            let (dir, _) = SocketDir::within(&[bad, good.path()], bind).unwrap();
            assert_eq!(dir.path().parent(), Some(good.path()), "{}", bad.display());
        }
        assert_eq!(fs::read_dir(no_sockets.path()).unwrap().count(), 0);
        let Err(Error::Listen { address, .. }) = SocketDir::within(&[nowhere, &file], bind) else {
            panic!("no error");
        };
        assert!(address.starts_with("/nowhere/at/all/"), "{address}");
    }
}
