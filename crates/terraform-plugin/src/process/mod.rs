//! Being a plugin process of Terraform or OpenTofu, knowing nothing of what a provider does.
//!
//! The host starts the executable, reads one line from its standard output, connects to the address
//! in it with mutual TLS, and speaks gRPC. [`announce`] is that life up to the line, for which the
//! host waits; [`Plugin::serve`] the rest of it. Whatever the line does not need is made after it,
//! while the host connects. [`Plugin::debug`] is for a process that somebody started by hand.

mod config;
mod crash;
mod debug;
mod error;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
mod handshake;
mod listener;
mod log;
mod router;
mod services;
#[cfg(unix)]
mod socket_dir;
mod stop;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::CertificateDer;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use self::handshake::Handshake;
use self::listener::{Bound, Listener, Stream};
use self::router::Router;
use self::stop::{Interrupt, Parent};
use self::tls::Identity;

pub(crate) use self::config::Config;
pub(crate) use self::crash::install_hook as install_panic_hook;
pub(crate) use self::error::Error;
pub(crate) use self::handshake::check_cookie;
pub(crate) use self::log::init as init_log;
pub(crate) use self::router::GrpcService;

/// How long a client may take over its TLS handshake.
const TLS_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to wait after accepting has failed, for want of file descriptors for instance.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Flow control windows, in bytes. Values and states are big and the peer is on this machine: with
/// the 64 KiB that HTTP/2 starts from, each of them would take many turns.
const STREAM_WINDOW: u32 = 4 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;

/// Frame size to accept, in bytes.
const MAX_FRAME: u32 = 1 << 20;

/// A process that has an address, and has yet to serve.
#[must_use = "whoever connects waits"]
pub(crate) struct Plugin {
    bound: Bound,
    /// Our certificate and the one client's; `None` for plaintext.
    tls: Option<(Identity, CertificateDer<'static>)>,
    starter: Starter,
}

/// Who started the process, and so who ends it.
enum Starter {
    /// The host, which has been told the address. It says when to end, or goes itself.
    Host(Parent),
    /// A user, who will be told how to make Terraform use the provider of these source addresses,
    /// and who interrupts.
    User(Vec<String>),
}

/// Listens, and says so to the host that started this process. The host waits for that, so it is to
/// be called before anything that can wait, the making of a runtime included.
///
/// # Errors
///
/// The process cannot be set up; nothing has been announced then.
pub(crate) fn announce(config: Config) -> Result<Plugin, Error> {
    let parent = Parent::get();
    let bound = Bound::bind(&config)?;
    let tls = match config.client_certificate {
        Some(client) => Some((Identity::generate()?, client)),
        None => None,
    };
    Handshake {
        address: bound.address(),
        certificate: tls.as_ref().map(|(identity, _)| identity.certificate()),
        multiplexing_asked: config.multiplexing_asked,
    }
    .announce()?;
    Ok(Plugin {
        bound,
        tls,
        starter: Starter::Host(parent),
    })
}

impl Plugin {
    /// Listens, in plaintext and for whoever connects. How to make Terraform do so is printed once
    /// it is served.
    ///
    /// `addresses` are the provider's source addresses in full, such as
    /// `registry.terraform.io/acme/probe`.
    ///
    /// # Errors
    ///
    /// The process cannot be set up.
    pub(crate) fn debug(config: &Config, addresses: Vec<String>) -> Result<Self, Error> {
        Ok(Self {
            bound: Bound::bind(config)?,
            tls: None,
            starter: Starter::User(addresses),
        })
    }

    /// Serves `provider` until the host says Shutdown, goes away, or SIGTERM arrives; in debug mode
    /// until SIGINT or SIGTERM.
    ///
    /// `on_stop` is called when that has happened, before calls in flight are waited for: it should
    /// ask them to come to an end.
    ///
    /// Must run on a tokio runtime with I/O and time enabled. Once it has returned, the process
    /// should end at once: a timer ends it anyway.
    ///
    /// # Errors
    ///
    /// The rest of the process cannot be set up.
    pub(crate) async fn serve(
        self,
        provider: impl GrpcService,
        on_stop: impl FnOnce(),
    ) -> Result<(), Error> {
        let stop = CancellationToken::new();
        match self.starter {
            Starter::Host(parent) => {
                stop::on_signals(Interrupt::Ignored, &stop)?;
                parent.watch(&stop);
            }
            Starter::User(addresses) => {
                stop::on_signals(Interrupt::Stops, &stop)?;
                debug::announce(&addresses, self.bound.address())?;
            }
        }
        let acceptor = match self.tls {
            Some((identity, client)) => {
                Some(TlsAcceptor::from(Arc::new(identity.serving(client)?)))
            }
            None => None,
        };
        run(self.bound.listen()?, acceptor, provider, stop, on_stop).await;
        Ok(())
    }
}

/// Accepts and serves until `stop`, then lets go of the address and drains.
async fn run<S: GrpcService>(
    listener: Listener,
    tls: Option<TlsAcceptor>,
    provider: S,
    stop: CancellationToken,
    on_stop: impl FnOnce(),
) {
    let router = Router::new(provider, &stop);
    let http = Arc::new(http_settings());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(stream) => {
                    let connection = Connection {
                        tls: tls.clone(),
                        http: Arc::clone(&http),
                        router: router.clone(),
                        stop: stop.clone(),
                    };
                    connections.spawn(connection.serve(stream));
                }
                Err(error) => {
                    tracing::warn!(%error, "accepting a connection failed");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            // Ended connections are let go of, however they ended.
            Some(_) = connections.join_next() => {}
            () = stop.cancelled() => break,
        }
    }
    stop::without_fail(listener.socket_dir());
    on_stop();
    drop(listener);
    while connections.join_next().await.is_some() {}
}

fn http_settings() -> http2::Builder<TokioExecutor> {
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_frame_size(MAX_FRAME);
    builder
}

/// What one connection needs.
struct Connection<S> {
    tls: Option<TlsAcceptor>,
    http: Arc<http2::Builder<TokioExecutor>>,
    router: Router<S>,
    stop: CancellationToken,
}

impl<S: GrpcService> Connection<S> {
    /// Serves it to its end. Whatever a client does wrong ends here and concerns nobody else.
    async fn serve(mut self, stream: Box<dyn Stream>) {
        let Some(acceptor) = self.tls.take() else {
            return self.serve_http(stream).await;
        };
        tokio::select! {
            accepted = tokio::time::timeout(TLS_TIMEOUT, acceptor.accept(stream)) => match accepted {
                Ok(Ok(stream)) => self.serve_http(stream).await,
                Ok(Err(error)) => tracing::warn!(%error, "a client failed the TLS handshake"),
                Err(_) => tracing::warn!("a client did not finish the TLS handshake"),
            },
            () = self.stop.cancelled() => {}
        }
    }

    async fn serve_http(self, stream: impl Stream + 'static) {
        let serving = self
            .http
            .serve_connection(TokioIo::new(stream), self.router);
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            ended = serving.as_mut() => if let Err(error) = ended {
                tracing::debug!(%error, "a connection broke");
            },
            () = self.stop.cancelled() => {
                serving.as_mut().graceful_shutdown();
                // The host just closes, and that is no news by now.
                let _: hyper::Result<()> = serving.await;
            }
        }
    }
}
