//! Files behind HTTPS, as a mirror or a registry has them.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Serves the files of a folder, until it is dropped.
pub struct FileServer {
    address: SocketAddr,
    certificate: String,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl FileServer {
    /// On a free port of loopback, with a certificate of its own for `localhost`.
    pub fn start(folder: &Path) -> Self {
        let names = ["localhost".to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        let certificate = format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            STANDARD.encode(cert.der())
        );
        let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.into()], key.into())
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let stopped = Arc::new(AtomicBool::new(false));
        let (folder, config) = (folder.to_owned(), Arc::new(config));
        let until = Arc::clone(&stopped);
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if until.load(Ordering::Relaxed) {
                    return;
                }
                let (folder, config) = (folder.clone(), Arc::clone(&config));
                // A client that goes away says itself why.
                std::thread::spawn(move || drop(serve(stream, config, &folder)));
            }
        });
        Self {
            address,
            certificate,
            stopped,
            thread: Some(thread),
        }
    }

    /// The address of the folder, with a slash at its end.
    pub fn url(&self) -> String {
        format!("https://localhost:{}/", self.address.port())
    }

    /// What clients have to trust, in PEM.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        drop(TcpStream::connect(self.address)); // Wakes the thread.
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Answers one request. Clients connect again for the next: all of this lasts for a few.
fn serve(stream: TcpStream, config: Arc<ServerConfig>, folder: &Path) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    let connection = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, stream);
    let mut head = BufReader::new(&mut stream).lines();
    let request = head.next().transpose()?.unwrap_or_default();
    while head
        .next()
        .transpose()?
        .is_some_and(|line| !line.is_empty())
    {}
    drop(head);

    let path = request.split(' ').nth(1).unwrap_or_default();
    let (status, body) = match file(folder, path).map(std::fs::read) {
        Some(Ok(bytes)) => ("200 OK", bytes),
        _ => ("404 Not Found", Vec::new()),
    };
    // Without it, clients take nothing of a mirror to be JSON.
    let kind = match Path::new(path).extension() {
        Some(extension) if extension == "json" => "application/json",
        _ => "application/octet-stream",
    };
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\
         Connection: close\r\n\r\n"
    )?;
    stream.write_all(&body)?;
    stream.conn.send_close_notify();
    stream.flush()
}

/// The file at this path of a URL, which is one below the folder.
fn file(folder: &Path, path: &str) -> Option<PathBuf> {
    let path = Path::new(path.strip_prefix('/')?);
    let mut parts = path.components();
    parts
        .all(|part| matches!(part, Component::Normal(_)))
        .then(|| folder.join(path))
}
