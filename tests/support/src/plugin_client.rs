//! Drives the built provider as Terraform does: launch, handshake, mutual TLS, calls, shutdown.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use base64::Engine as _;
use hyper::body::Incoming;
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::CertificateDer;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tonic::body::Body;
use tonic::codegen::{Service, http};

use crate::client_identity::ClientIdentity;
use crate::proto::health::health_client::HealthClient;
use crate::proto::plugin::grpc_broker_client::GrpcBrokerClient;
use crate::proto::plugin::grpc_controller_client::GrpcControllerClient;
use crate::proto::plugin::grpc_stdio_client::GrpcStdioClient;
use crate::proto::plugin::{ConnInfo, Empty, StdioData};
use crate::proto::tfplugin6::provider_client::ProviderClient;

/// Where Cargo tells the tests and benchmarks that it runs what it has built for them.
const VARIABLE: &str = "CARGO_BIN_EXE_terraform-provider-incident";

static PROVIDER: OnceLock<PathBuf> = OnceLock::new();

/// Uses this executable: for examples, which have to build it themselves.
pub fn use_provider(path: PathBuf) {
    PROVIDER.set(path).expect("said once, before it is needed");
}

/// The provider's executable.
///
/// # Panics
///
/// If neither Cargo nor [`use_provider`] has said where it is.
pub fn provider() -> &'static Path {
    PROVIDER.get_or_init(|| {
        let path = std::env::var_os(VARIABLE);
        let hint = "run by cargo test or cargo bench, or set it to the path of the provider";
        path.unwrap_or_else(|| panic!("{VARIABLE} is not set: {hint}"))
            .into()
    })
}

/// The variable that tells a plugin that a host starts it, and what is in it.
pub const COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// How long go-plugin waits for an exit before it kills.
pub const EXIT_LIMIT: Duration = Duration::from_secs(2);

/// Far longer than anything takes; only there to end a test that hangs.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to start the provider.
pub struct Launch {
    environment: BTreeMap<String, String>,
    identity: Option<ClientIdentity>,
    versions: &'static [&'static SupportedProtocolVersion],
}

impl Default for Launch {
    fn default() -> Self {
        Self::new()
    }
}

impl Launch {
    /// As Terraform does by default, but with a P-256 certificate, which is faster in debug builds.
    pub fn new() -> Self {
        let environment = [
            COOKIE,
            ("PLUGIN_PROTOCOL_VERSIONS", "5,6"),
            ("PLUGIN_MIN_PORT", "10000"),
            ("PLUGIN_MAX_PORT", "25000"),
        ];
        Self {
            environment: environment
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            identity: Some(ClientIdentity::p256()),
            versions: rustls::DEFAULT_VERSIONS,
        }
    }

    /// Presents this certificate instead.
    #[must_use]
    pub fn identity(mut self, identity: ClientIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Without TLS, as under `TF_DISABLE_PLUGIN_TLS`.
    #[must_use]
    pub fn plaintext(mut self) -> Self {
        self.identity = None;
        self
    }

    /// Speaks only these versions of TLS.
    #[must_use]
    pub fn tls_versions(mut self, versions: &'static [&'static SupportedProtocolVersion]) -> Self {
        self.versions = versions;
        self
    }

    /// Has the provider listen on TCP, as it does on Windows.
    #[must_use]
    pub fn tcp(self) -> Self {
        self.env("INCIDENT_PLUGIN_NETWORK", "tcp")
    }

    /// Sets one variable for the provider.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Starts the provider, connects, and opens the streams that go-plugin opens.
    pub async fn start(self) -> PluginClient {
        let identity = self.identity.clone();
        let versions = self.versions;
        let process = self.spawn().await;
        let tls = identity.map(|identity| {
            let server = process.handshake.certificate.clone().unwrap();
            tls_config(server, Some(&identity), versions)
        });
        PluginClient::connect(process, tls).await
    }

    /// Starts the provider and reads its handshake, without connecting.
    pub async fn spawn(self) -> Process {
        let started = Instant::now();
        let scratch = tempfile::tempdir().unwrap();
        let mut command = Command::from(provider_command());
        command
            .env("TMPDIR", scratch.path())
            .envs(&self.environment);
        if let Some(identity) = &self.identity {
            command.env("PLUGIN_CLIENT_CERT", identity.pem());
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stderr = Output::collect(child.stderr.take().unwrap());
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        tokio::time::timeout(PATIENCE, stdout.read_line(&mut line))
            .await
            .expect("no handshake")
            .unwrap();
        let elapsed = started.elapsed();
        Process {
            child,
            handshake: Handshake::parse(&line),
            line,
            elapsed,
            stdout: Output::collect(stdout),
            stderr,
            _scratch: scratch,
        }
    }
}

/// The provider in an environment without anything that would change what it does.
pub fn provider_command() -> std::process::Command {
    let mut command = std::process::Command::new(provider());
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        let ours = ["TF_", "PLUGIN_", "INCIDENT_"]
            .iter()
            .any(|prefix| upper.starts_with(prefix));
        if ours || upper.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    command
}

/// A provider that has printed its handshake. Dropping it kills the process.
pub struct Process {
    /// For signals, and whatever else the operating system has to say.
    pub child: Child,
    /// Where the provider listens, and how it is to be spoken to.
    pub handshake: Handshake,
    /// The handshake as it was printed, with its end of line.
    pub line: String,
    /// From the launch to the handshake.
    pub elapsed: Duration,
    /// What came on standard output after the handshake.
    pub stdout: Output,
    /// What came on standard error: log lines.
    pub stderr: Output,
    /// Where the socket is; a killed process leaves it behind.
    _scratch: tempfile::TempDir,
}

impl Process {
    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Waits for the process to end.
    pub async fn exit(&mut self) -> ExitStatus {
        let status = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = status.expect("the process stays").unwrap();
        self.stdout.finish().await;
        self.stderr.finish().await;
        status
    }
}

/// The fields of the handshake line.
#[derive(Clone, Debug)]
pub struct Handshake {
    /// The version of the handshake itself: `1`.
    pub core_version: String,
    /// The major version of the plugin protocol: `6`.
    pub protocol_version: String,
    /// `unix` or `tcp`.
    pub network: String,
    /// The socket's path, or an IP address and a port.
    pub address: String,
    /// `grpc`.
    pub transport: String,
    /// The provider's own, for this one run; none without TLS.
    pub certificate: Option<CertificateDer<'static>>,
    /// The seventh field, if there is one.
    pub multiplexing: Option<String>,
}

impl Handshake {
    fn parse(line: &str) -> Self {
        let fields: Vec<&str> = line.trim_end_matches('\n').split('|').collect();
        assert!((6..=7).contains(&fields.len()), "handshake: {line:?}");
        let certificate = (!fields[5].is_empty()).then(|| {
            // Refuses padding, as Go does.
            let der = base64::engine::general_purpose::STANDARD_NO_PAD.decode(fields[5]);
            CertificateDer::from(der.unwrap())
        });
        Self {
            core_version: fields[0].to_owned(),
            protocol_version: fields[1].to_owned(),
            network: fields[2].to_owned(),
            address: fields[3].to_owned(),
            transport: fields[4].to_owned(),
            certificate,
            multiplexing: fields.get(6).map(ToString::to_string),
        }
    }

    /// The directory that the socket is in, for a unix socket.
    pub fn socket_dir(&self) -> PathBuf {
        assert_eq!(self.network, "unix");
        PathBuf::from(&self.address).parent().unwrap().to_owned()
    }

    /// One more connection, without TLS on top.
    pub async fn dial(&self) -> Box<dyn Stream> {
        match self.network.as_str() {
            #[cfg(unix)]
            "unix" => Box::new(
                tokio::net::UnixStream::connect(&self.address)
                    .await
                    .unwrap(),
            ),
            "tcp" => {
                let stream = TcpStream::connect(&self.address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                Box::new(stream)
            }
            network => panic!("no such network: {network}"),
        }
    }
}

/// A connection of either network.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Trusts `server` alone, under the name `localhost`, and presents `client`.
pub fn tls_config(
    server: CertificateDer<'static>,
    client: Option<&ClientIdentity>,
    versions: &[&'static SupportedProtocolVersion],
) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    roots.add(server).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_root_certificates(roots);
    let mut config = match client {
        None => builder.with_no_client_auth(),
        Some(client) => {
            let key = SingleCertAndKey::from(client.certified_key());
            builder.with_client_cert_resolver(Arc::new(key))
        }
    };
    config.alpn_protocols = vec![b"h2".to_vec()];
    config
}

/// Does the TLS handshake. In TLS 1.3 this succeeds before the server has looked at the
/// certificate.
///
/// # Errors
///
/// The handshake failed.
pub async fn connect_tls(
    stream: Box<dyn Stream>,
    config: ClientConfig,
) -> io::Result<tokio_rustls::client::TlsStream<Box<dyn Stream>>> {
    let name = "localhost".try_into().unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let stream = connector.connect(name, stream).await?;
    // grpc-go refuses a server that does not choose.
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    Ok(stream)
}

/// A connected provider, and everything that Terraform has of it.
pub struct PluginClient {
    /// The calls of Terraform.
    pub provider: ProviderClient<Channel>,
    controller: GrpcControllerClient<Channel>,
    /// go-plugin's heartbeat.
    pub health: HealthClient<Channel>,
    /// The running process.
    pub process: Process,
    /// What the provider prints, by the protocol's own way: never anything.
    pub stdio: tonic::Streaming<StdioData>,
    broker: mpsc::Sender<ConnInfo>,
    broker_answers: tonic::Streaming<ConnInfo>,
    connection: JoinHandle<hyper::Result<()>>,
}

/// How a provider ended.
#[derive(Debug)]
pub struct Exit {
    /// How the process has ended.
    pub status: ExitStatus,
    /// From the Shutdown call to the exit.
    pub elapsed: Duration,
    /// What came on standard output after the handshake.
    pub stdout: String,
    /// What came on standard error.
    pub stderr: String,
}

impl PluginClient {
    async fn connect(process: Process, tls: Option<ClientConfig>) -> Self {
        let stream = process.handshake.dial().await;
        let (channel, connection) = match tls {
            None => Channel::open(stream).await.unwrap(),
            Some(config) => Channel::open(connect_tls(stream, config).await.unwrap())
                .await
                .unwrap(),
        };
        let (broker, offers) = mpsc::channel(1);
        let offers = tokio_stream_of(offers);
        let broker_answers = GrpcBrokerClient::with_origin(channel.clone(), origin())
            .start_stream(offers)
            .await
            .unwrap()
            .into_inner();
        let stdio = GrpcStdioClient::with_origin(channel.clone(), origin())
            .stream_stdio(())
            .await
            .unwrap()
            .into_inner();
        Self {
            provider: ProviderClient::with_origin(channel.clone(), origin())
                .max_decoding_message_size(usize::MAX)
                .max_encoding_message_size(usize::MAX),
            controller: GrpcControllerClient::with_origin(channel.clone(), origin()),
            health: HealthClient::with_origin(channel, origin()),
            process,
            stdio,
            broker,
            broker_answers,
            connection,
        }
    }

    /// What came on standard error so far.
    pub fn stderr(&self) -> String {
        self.process.stderr.text()
    }

    /// Ends the provider as go-plugin does, and panics where go-plugin would kill.
    pub async fn shutdown(self) -> Exit {
        let Self {
            provider,
            mut controller,
            health,
            mut process,
            stdio,
            broker,
            mut broker_answers,
            connection,
        } = self;
        drop(broker);
        let broker_end = tokio::time::timeout(PATIENCE, broker_answers.message()).await;
        assert!(matches!(broker_end, Ok(Ok(None))), "{broker_end:?}");
        let started = Instant::now();
        // go-plugin does not mind an error either.
        let _ = controller.shutdown(Empty {}).await;
        drop((provider, controller, health, stdio, broker_answers));
        connection.abort();
        let status = process.exit().await;
        let elapsed = started.elapsed();
        assert!(elapsed < EXIT_LIMIT, "not gone after {elapsed:?}");
        Exit {
            status,
            elapsed,
            stdout: process.stdout.text(),
            stderr: process.stderr.text(),
        }
    }
}

/// Requests have to name an origin; nobody looks at it.
fn origin() -> http::Uri {
    http::Uri::from_static("http://localhost")
}

/// One HTTP/2 connection, as tonic's clients want it.
#[derive(Clone)]
pub struct Channel(SendRequest<Body>);

impl Channel {
    /// Starts HTTP/2; the task carries it until the last clone is gone.
    ///
    /// # Errors
    ///
    /// The connection broke.
    pub async fn open(
        stream: impl Stream + 'static,
    ) -> hyper::Result<(Self, JoinHandle<hyper::Result<()>>)> {
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .initial_stream_window_size(4 << 20)
            .initial_connection_window_size(16 << 20)
            .handshake(TokioIo::new(stream))
            .await?;
        Ok((Self(sender), tokio::spawn(connection)))
    }

    /// A client of the health service.
    pub fn health(self) -> HealthClient<Self> {
        HealthClient::with_origin(self, origin())
    }
}

impl Service<http::Request<Body>> for Channel {
    type Response = http::Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.0.send_request(request))
    }
}

fn tokio_stream_of<T: Send + 'static>(
    receiver: mpsc::Receiver<T>,
) -> impl futures_util::Stream<Item = T> + Send + 'static {
    futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|item| (item, receiver))
    })
}

/// Reads a pipe to its end in the background.
pub struct Output {
    text: Arc<Mutex<Vec<u8>>>,
    task: Option<JoinHandle<()>>,
}

impl Output {
    pub(crate) fn collect(mut pipe: impl AsyncRead + Send + Unpin + 'static) -> Self {
        let text = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&text);
        let task = tokio::spawn(async move {
            let mut buffer = vec![0; 64 << 10];
            while let Ok(length @ 1..) = pipe.read(&mut buffer).await {
                sink.lock().unwrap().extend_from_slice(&buffer[..length]);
            }
        });
        Self {
            text,
            task: Some(task),
        }
    }

    /// What was read so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }

    /// Waits for the end of the pipe.
    pub(crate) async fn finish(&mut self) {
        if let Some(task) = self.task.take() {
            let read = tokio::time::timeout(PATIENCE, task).await;
            read.expect("the pipe stays open").unwrap();
        }
    }
}
