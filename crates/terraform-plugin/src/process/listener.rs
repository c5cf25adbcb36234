//! Where the host connects to: a unix socket that only this user can reach, or loopback TCP.

use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use tokio::io::{AsyncRead, AsyncWrite};

use super::config::{Config, Network};
use super::error::Error;

#[cfg(unix)]
use super::socket_dir::SocketDir;

/// An address taken: whoever connects waits until it is listened to. Needs no runtime yet.
///
/// Dropping it closes the socket and removes its directory.
pub(super) struct Bound {
    address: Address,
    socket: BoundSocket,
}

enum BoundSocket {
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener, SocketDir),
    Tcp(std::net::TcpListener),
}

/// The same, listened to.
pub(super) enum Listener {
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, SocketDir),
    Tcp(tokio::net::TcpListener),
}

/// An address as the host wants to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// Path of a socket, free of `|` and valid UTF-8.
    #[cfg_attr(windows, expect(dead_code, reason = "no unix sockets there"))]
    Unix(String),
    /// Always 127.0.0.1.
    Tcp(SocketAddr),
}

/// One accepted connection.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Address {
    /// The name that Go gives to this kind of network.
    pub(super) fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => f.write_str(path),
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

impl Bound {
    /// Takes the address that the configuration asks for. The host may connect as soon as this
    /// returns.
    pub(super) fn bind(config: &Config) -> Result<Self, Error> {
        match config.network {
            #[cfg(unix)]
            Network::Unix => bind_unix(config),
            #[cfg(not(unix))]
            Network::Unix => Err(Error::NoSocketPath),
            Network::Tcp => bind_tcp(config.ports),
        }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Begins to listen. Must run within a tokio runtime.
    pub(super) fn listen(self) -> Result<Listener, Error> {
        let listener = match self.socket {
            #[cfg(unix)]
            BoundSocket::Unix(socket, dir) => socket
                .set_nonblocking(true)
                .and_then(|()| tokio::net::UnixListener::from_std(socket))
                .map(|socket| Listener::Unix(socket, dir)),
            BoundSocket::Tcp(socket) => socket
                .set_nonblocking(true)
                .and_then(|()| tokio::net::TcpListener::from_std(socket))
                .map(Listener::Tcp),
        };
        listener.map_err(|source| Error::Listen {
            address: self.address.to_string(),
            source,
        })
    }
}

impl Listener {
    /// The directory to remove should the process have to leave without dropping the listener.
    pub(super) fn socket_dir(&self) -> Option<PathBuf> {
        match self {
            #[cfg(unix)]
            Self::Unix(_, dir) => Some(dir.path().to_owned()),
            Self::Tcp(_) => None,
        }
    }

    /// Waits for the next connection. Cancel safe.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match self {
            #[cfg(unix)]
            Self::Unix(listener, _) => Ok(Box::new(listener.accept().await?.0)),
            Self::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                // Without it every call waits some 40 ms for a delayed acknowledgement.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

#[cfg(unix)]
fn bind_unix(config: &Config) -> Result<Bound, Error> {
    let (dir, socket) = SocketDir::bind(config.socket_dir.as_deref())?;
    Ok(Bound {
        address: Address::Unix(dir.socket_path().to_owned()),
        socket: BoundSocket::Unix(socket, dir),
    })
}

/// Takes the first free port of the range. All of it being taken is an error, as in go-plugin: the
/// host may only let that range through.
fn bind_tcp((min, max): (u16, u16)) -> Result<Bound, Error> {
    let failed = |source| Error::Listen {
        address: format!("127.0.0.1, ports {min} to {max}"),
        source,
    };
    let mut last_error = io::Error::from(io::ErrorKind::InvalidInput);
    for port in min..=max {
        match std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            Ok(socket) => {
                return Ok(Bound {
                    address: Address::Tcp(socket.local_addr().map_err(failed)?),
                    socket: BoundSocket::Tcp(socket),
                });
            }
            Err(error) => last_error = error,
        }
    }
    Err(failed(last_error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tcp_takes_the_next_free_port() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let Ok(bound) = bind_tcp((port, port.saturating_add(20))) else {
            panic!("twenty ports in a row taken");
        };
        let Address::Tcp(address) = bound.address() else {
            panic!("not TCP");
        };
        assert!(address.ip().is_loopback());
        assert!(address.port() > port);
        assert!(matches!(bind_tcp((port, port)), Err(Error::Listen { .. })));
        assert!(matches!(bind_tcp((2, 1)), Err(Error::Listen { .. })));
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn unix_socket_lives_in_a_private_directory_and_goes_with_it() {
        use std::os::unix::fs::PermissionsExt as _;

        let parent = tempfile::tempdir().unwrap();
        let config = Config {
            socket_dir: Some(parent.path().to_owned()),
            ..Config::default()
        };
        let listener = Bound::bind(&config).unwrap().listen().unwrap();
        let dir = listener.socket_dir().unwrap();
        assert_eq!(dir.parent(), Some(parent.path()));
        let mode = std::fs::metadata(&dir).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        drop(listener);
        assert!(!dir.exists());
    }
}
