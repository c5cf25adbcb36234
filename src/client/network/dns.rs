//! Finds the addresses of a host with the system's resolver.

use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::thread;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use tokio::sync::oneshot;

/// The lookup itself needs little; a small stack can be had where memory is limited.
const STACK: usize = 256 * 1024;

/// The system's resolver blocks, so each lookup has a thread of its own. The HTTP library would
/// take one of the runtime's, which panics where none can be started: with a limit on processes, or
/// in a container whose runtime forbids it.
#[derive(Debug)]
pub(super) struct SystemResolver;

/// No thread could be started; says why.
#[derive(Debug, Error)]
#[error("no further thread can be started ({0})")]
pub(super) struct NoThread(io::Error);

type Job = Box<dyn FnOnce() + Send>;

impl Resolve for SystemResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let addresses = look_up(host, |job| {
                let thread = thread::Builder::new().name("dns".to_owned());
                thread.stack_size(STACK).spawn(job).map(drop)
            });
            Ok(Box::new(addresses.await?.into_iter()) as Addrs)
        })
    }
}

async fn look_up(
    host: String,
    spawn: impl FnOnce(Job) -> io::Result<()>,
) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
    let (sender, receiver) = oneshot::channel();
    let job = move || {
        // The port is the HTTP library's to fill in.
        let addresses = (host.as_str(), 0).to_socket_addrs().map(Vec::from_iter);
        // Whoever asked may have given up.
        let _ = sender.send(addresses);
    };
    spawn(Box::new(job)).map_err(NoThread)?;
    Ok(receiver.await??)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names() {
        let addresses = SystemResolver.resolve("localhost".parse().unwrap()).await;
        let addresses: Vec<_> = addresses.unwrap().collect();
        assert!(!addresses.is_empty());
        assert!(addresses.iter().all(|address| address.ip().is_loopback()));
        assert!(
            SystemResolver
                .resolve("no.such.invalid".parse().unwrap())
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn without_a_thread() {
        let refuse = |_: Job| Err(io::Error::from(io::ErrorKind::WouldBlock));
        let error = look_up("localhost".to_owned(), refuse).await.unwrap_err();
        assert!(error.is::<NoThread>());
        assert!(
            error
                .to_string()
                .starts_with("no further thread can be started ("),
            "{error}"
        );
    }
}
