//! A page for whoever runs the stand-in by hand: what it holds, what it was sent, and the
//! dashboard's buttons. It is on loopback, and what it does can be done by curl as well:
//!
//! | | |
//! |---|---|
//! | `GET /` | the page |
//! | `GET /data-sources`, `GET /requests` | what it shows, as JSON |
//! | `POST /data-sources/{id}/rename` | with `name` |
//! | `POST /data-sources/{id}/disable`, `…/enable` | switches it off and on |
//! | `POST /data-sources/{id}/rotate` | with `field`, such as `app_key`, and `value`, or without |
//! | `POST /data-sources/{id}/disconnect`, `…/connect` | it is not found, and found again |
//!
//! Keys are shown by a fingerprint. A button pressed by a page of somebody else's is refused.

mod guard;
mod routes;
mod view;

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use http::Request;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::answer::Answer;
use crate::shared::Shared;

/// Forms beyond this many bytes are a 413.
const MAX_FORM: usize = 64 << 10;

/// What every answer says to browsers: nothing from elsewhere, and in nobody's frame. The referrer
/// policy keeps `Origin` in the page's own requests.
const HEADERS: [(&str, &str); 5] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("cache-control", "no-store"),
];

/// A running page. It ends when this is dropped.
#[derive(Debug)]
pub struct Page {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Page {
    /// Port 0 takes an unused one.
    pub(crate) fn start(shared: Arc<Shared>, port: u16) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let loopback = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listener = runtime.block_on(TcpListener::bind(loopback))?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("incident-sandbox-page".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = accept(listener, address.port(), shared) => {}
                        // An error means the same: nobody is there any more.
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where it is, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // Fails only when the thread has ended.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic there has already been reported on stderr.
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, port: u16, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(serve(stream, port, Arc::clone(&shared)));
            }
            // Out of file descriptors, say: that may pass.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(stream: TcpStream, port: u16, shared: Arc<Shared>) {
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move {
            let answer = answer(&shared, port, request).await;
            let answer = HEADERS
                .iter()
                .fold(answer, |answer, (name, value)| answer.header(name, value));
            Ok::<_, Infallible>(answer.into_response())
        }
    });
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // Whatever a client does wrong ends here and concerns nobody else.
    let _ = connection.await;
}

async fn answer(shared: &Shared, port: u16, request: Request<Incoming>) -> Answer {
    let (head, body) = request.into_parts();
    if let Err(refusal) = guard::check(&head, port) {
        return refusal;
    }
    let Ok(form) = Limited::new(body, MAX_FORM).collect().await else {
        return Answer::text(413, "The form is too large.\n");
    };
    routes::answer(shared, &head, &form.to_bytes())
}
