//! Encryption and proxies. Both are set by environment variables, which a test may not change for
//! its own process: these tests start themselves once more with other variables, and serve what
//! that second process asks for.

use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::ServerConfig;
use rustls::pki_types::PrivatePkcs8KeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::log::Log;
use super::*;
use crate::client::error::{ConnectionError, ConnectionKind, TlsProblem};

/// A host that only the proxies here know: what is on loopback goes through none.
const NAME: &str = "incident.test";
/// Names the endpoint that the second process is to ask.
const ASK: &str = "CLIENT_TEST_ENDPOINT";

/// Runs `test` of this file in a second process that asks `endpoint`.
async fn second_process(test: &str, endpoint: &str, variables: &[(&str, &str)]) -> Output {
    let name = format!("client::tests::tls::{test}");
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([&name, "--exact", "--nocapture"])
        .env(ASK, endpoint);
    for variable in [
        "HTTPS_PROXY",
        "https_proxy",
        "ALL_PROXY",
        "all_proxy",
        "NO_PROXY",
        "no_proxy",
        "SSL_CERT_DIR",
    ] {
        command.env_remove(variable);
    }
    command
        .envs(variables.iter().copied())
        .output()
        .await
        .unwrap()
}

fn assert_passed(output: &Output) {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A server behind TLS for `localhost` that speaks one of `protocols`, and whose certificate is
/// written to `certificate`.
async fn encrypted_server(certificate: &Path, protocols: &[&str]) -> u16 {
    server_that_ignores(0, certificate, protocols).await
}

/// The same, but the first `silently` connections get as far as encryption and no further.
async fn server_that_ignores(silently: usize, certificate: &Path, protocols: &[&str]) -> u16 {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned(), NAME.to_owned()]).unwrap();
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        BASE64_STANDARD.encode(cert.der())
    );
    std::fs::write(certificate, pem).unwrap();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der()).into();
    let mut config =
        ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .unwrap();
    config.alpn_protocols = protocols
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let mut silent = vec![];
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            if silent.len() < silently {
                silent.push(stream);
                continue;
            }
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                tokio::spawn(http2(stream));
                continue;
            }
            server::receive(&mut stream).await;
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{SOURCE}",
                SOURCE.len()
            );
            stream.write_all(answer.as_bytes()).await.unwrap();
            let _ = stream.shutdown().await;
        }
    });
    port
}

/// Answers every request of one HTTP/2 connection.
async fn http2(stream: TlsStream<TcpStream>) {
    let service = service_fn(async |request: hyper::Request<Incoming>| {
        assert_eq!(request.version(), hyper::Version::HTTP_2);
        let body = request.into_body().collect().await?.to_bytes();
        assert!(body.starts_with(b"{\"grafana_config\""));
        Ok::<_, hyper::Error>(hyper::Response::new(Full::new(Bytes::from_static(
            SOURCE.as_bytes(),
        ))))
    });
    let connection = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    let _ = connection
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// A proxy that answers `status`, and connects to wherever it is asked to if that is 200.
async fn proxy(status: u16) -> (u16, Arc<std::sync::Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(std::sync::Mutex::new(vec![]));
    tokio::spawn({
        let seen = Arc::clone(&seen);
        async move {
            loop {
                let (mut client, _) = listener.accept().await.unwrap();
                let request = server::receive(&mut client).await.unwrap();
                let line = request.lines().next().unwrap().to_owned();
                client
                    .write_all(format!("HTTP/1.1 {status} X\r\n\r\n").as_bytes())
                    .await
                    .unwrap();
                seen.lock().unwrap().push(line.clone());
                if status == 200 {
                    let target = line.split(' ').nth(1).unwrap();
                    let port = target.rsplit_once(':').unwrap().1;
                    let port = port.parse().unwrap();
                    let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                } else {
                    let _ = client.read(&mut [0]).await;
                }
            }
        }
    });
    (port, seen)
}

#[tokio::test]
async fn a_certificate_named_by_the_environment() {
    if let Ok(endpoint) = std::env::var(ASK) {
        let (log, _listening) = Log::listen();
        put(&client(settings(&endpoint)), &rotation())
            .await
            .unwrap();
        log.assert_no_secret();
        return;
    }
    let test = "a_certificate_named_by_the_environment";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    for protocols in [&[][..], &["http/1.1"], &["h2"]] {
        let port = encrypted_server(&file, protocols).await;
        let here = format!("https://localhost:{port}");
        assert_passed(&second_process(test, &here, &[roots]).await);

        let (proxy_port, seen) = proxy(200).await;
        let through = ("HTTPS_PROXY", &*format!("127.0.0.1:{proxy_port}"));
        let elsewhere = format!("https://{NAME}:{port}");
        assert_passed(&second_process(test, &elsewhere, &[roots, through]).await);
        let tunnel = format!("CONNECT {NAME}:{port} HTTP/1.1");
        assert_eq!(*seen.lock().unwrap(), std::slice::from_ref(&tunnel));

        let around = ("NO_PROXY", "*.test:1");
        assert_passed(&second_process(test, &elsewhere, &[roots, through, around]).await);
        assert_eq!(seen.lock().unwrap().len(), 2);

        // What is on this machine is reached without, whatever the variables say.
        assert_passed(&second_process(test, &here, &[roots, through]).await);
        assert_eq!(seen.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_dead_connection_is_not_used_again() {
    let test = "a_dead_connection_is_not_used_again";
    if let Ok(endpoint) = std::env::var(ASK) {
        let settings = ClientSettings {
            request_timeout: Duration::from_secs(2),
            max_retries: 1,
            ..settings(&endpoint)
        };
        put(&client(settings), &rotation()).await.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    let endpoint = format!(
        "https://localhost:{}",
        server_that_ignores(1, &file, &["h2"]).await
    );
    assert_passed(&second_process(test, &endpoint, &[roots]).await);
}

#[tokio::test]
async fn a_socks_proxy() {
    let test = "a_socks_proxy";
    if let Ok(endpoint) = std::env::var(ASK) {
        put(&client(settings(&endpoint)), &rotation())
            .await
            .unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    let endpoint = format!("https://{NAME}:{}", encrypted_server(&file, &[]).await);
    let through = (
        "ALL_PROXY",
        &*format!("socks5://127.0.0.1:{}", socks().await),
    );
    assert_passed(&second_process(test, &endpoint, &[roots, through]).await);
}

/// A SOCKS 5 proxy (RFC 1928) without credentials that knows where [`NAME`] is. Its port.
async fn socks() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut greeting = [0; 2];
        client.read_exact(&mut greeting).await.unwrap();
        let mut methods = vec![0; greeting[1].into()];
        client.read_exact(&mut methods).await.unwrap();
        client.write_all(&[5, 0]).await.unwrap();
        let mut request = [0; 5];
        client.read_exact(&mut request).await.unwrap();
        assert_eq!(
            request[..4],
            [5, 1, 0, 3],
            "the name is for the proxy to look up"
        );
        let mut name = vec![0; request[4].into()];
        client.read_exact(&mut name).await.unwrap();
        assert_eq!(name, NAME.as_bytes());
        let port = client.read_u16().await.unwrap();
        let mut server = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        client
            .write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0])
            .await
            .unwrap();
        let _ = copy_bidirectional(&mut client, &mut server).await;
    });
    port
}

/// In the second process: how its request fails.
async fn failure() -> Option<ClientError> {
    let endpoint = std::env::var(ASK).ok()?;
    let request = put(&client(settings(&endpoint)), &rotation()).await;
    Some(request.unwrap_err())
}

fn connection(error: &ClientError) -> &ConnectionError {
    match error {
        ClientError::Connection(connection) => connection,
        error => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn a_proxy_variable_that_cannot_be_read() {
    if let Some(error) = failure().await {
        assert_eq!(
            error.to_string(),
            "cannot read the proxy settings for a connection to incident.test: HTTPS_PROXY is not \
             the address of a proxy, such as http://proxy.example.com:3128 or \
             socks5://127.0.0.1:1080"
        );
        assert!(!error.leaves_in_doubt());
        return;
    }
    let test = "a_proxy_variable_that_cannot_be_read";
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    encrypted_server(&file, &[]).await;
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    let bad = ("HTTPS_PROXY", "ftp://proxy.example.com");
    assert_passed(&second_process(test, "https://incident.test:1", &[roots, bad]).await);
}

#[tokio::test]
async fn a_certificate_that_nobody_trusts() {
    if let Some(error) = failure().await {
        let connection = connection(&error);
        assert_eq!(connection.kind, ConnectionKind::Tls);
        assert_eq!(connection.tls, Some(TlsProblem::UnknownIssuer));
        assert_eq!(
            error.to_string(),
            "cannot make a trusted TLS connection to localhost: its certificate names an \
             authority that this machine trusts, but is signed with a different key"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (used, trusted) = (
        folder.path().join("used.pem"),
        folder.path().join("trusted.pem"),
    );
    let endpoint = format!("https://localhost:{}", encrypted_server(&used, &[]).await);
    encrypted_server(&trusted, &[]).await;
    let roots = ("SSL_CERT_FILE", trusted.to_str().unwrap());
    assert_passed(&second_process("a_certificate_that_nobody_trusts", &endpoint, &[roots]).await);
}

#[tokio::test]
async fn no_certificates_at_all() {
    if let Some(error) = failure().await {
        let text = error.to_string();
        assert!(
            text.starts_with(
                "cannot load the trusted certificates for a connection to localhost: SSL_CERT_FILE \
                 is \"/nowhere/roots.pem\", which yields no certificate: "
            ),
            "{text}"
        );
        return;
    }
    let roots = ("SSL_CERT_FILE", "/nowhere/roots.pem");
    assert_passed(&second_process("no_certificates_at_all", "https://localhost:1", &[roots]).await);
}

#[tokio::test]
async fn a_server_that_does_not_encrypt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 64]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    if let Some(error) = failure().await {
        let connection = connection(&error);
        assert_eq!(connection.kind, ConnectionKind::Tls);
        assert_eq!(connection.tls, Some(TlsProblem::NotTls));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    encrypted_server(&file, &[]).await;
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    assert_passed(&second_process("a_server_that_does_not_encrypt", &endpoint, &[roots]).await);
}

#[tokio::test]
async fn a_proxy_that_wants_credentials() {
    if let Some(error) = failure().await {
        let connection = connection(&error);
        assert_eq!(connection.kind, ConnectionKind::ProxyAuthentication);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let endpoint = format!("https://{NAME}:{}", encrypted_server(&file, &[]).await);
    let (port, seen) = proxy(407).await;
    let through = ("HTTPS_PROXY", &*format!("http://127.0.0.1:{port}"));
    let roots = ("SSL_CERT_FILE", file.to_str().unwrap());
    assert_passed(
        &second_process(
            "a_proxy_that_wants_credentials",
            &endpoint,
            &[roots, through],
        )
        .await,
    );
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_proxy_that_cannot_be_reached() {
    const SAYS: &str = "CLIENT_TEST_SAYS";
    if let Ok(endpoint) = std::env::var(ASK) {
        let settings = ClientSettings {
            request_timeout: Duration::from_secs(2),
            max_retries: 1,
            ..settings(&endpoint)
        };
        let error = put(&client(settings), &rotation()).await.unwrap_err();
        let says = std::env::var(SAYS).unwrap();
        let expected = format!(
            "cannot connect to incident.test through the proxy that HTTPS_PROXY names: {says}"
        );
        let last = error.last();
        assert!(last.to_string().starts_with(&expected), "{error}");
        assert_eq!(connection(last).kind, ConnectionKind::Proxy);
        assert!(!error.leaves_in_doubt());
        // A certificate is the same the next time.
        let again = matches!(error, ClientError::RetriesExhausted { attempts: 2, .. });
        assert_eq!(again, connection(last).tls.is_none(), "{error}");
        assert!(!error.to_string().contains("hunter22"));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (used, trusted) = (
        folder.path().join("used.pem"),
        folder.path().join("trusted.pem"),
    );
    let untrusted = encrypted_server(&used, &[]).await;
    encrypted_server(&trusted, &[]).await;
    let roots = ("SSL_CERT_FILE", trusted.to_str().unwrap());
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let silent_port = port(&silent);
    let closed_port = port(&closed);
    drop(closed);
    for (proxy, says) in [
        (
            format!("http://user:hunter22@127.0.0.1:{closed_port}"),
            "Connection refused",
        ),
        (
            format!("socks5://127.0.0.1:{closed_port}"),
            "SOCKS error: failed to create underlying connection",
        ),
        (
            "http://user:hunter22@proxy.invalid:3128".to_owned(),
            "failed to lookup address information",
        ),
        (
            format!("https://localhost:{untrusted}"),
            "its certificate names an authority that this machine trusts, but is signed with a \
             different key",
        ),
        (
            format!("http://127.0.0.1:{silent_port}"),
            "no connection within 1s",
        ),
    ] {
        let variables = [roots, ("HTTPS_PROXY", &*proxy), (SAYS, says)];
        let test = "a_proxy_that_cannot_be_reached";
        assert_passed(&second_process(test, "https://incident.test", &variables).await);
    }
}

#[tokio::test]
async fn plain_http_goes_through_no_proxy() {
    if let Ok(endpoint) = std::env::var(ASK) {
        put(&client(settings(&endpoint)), &rotation())
            .await
            .unwrap();
        return;
    }
    let server = Server::start(vec![Reply::json(200, SOURCE)]).await;
    let (port, seen) = proxy(407).await;
    let through = &*format!("http://127.0.0.1:{port}");
    let variables = [
        ("HTTP_PROXY", through),
        ("http_proxy", through),
        ("ALL_PROXY", through),
    ];
    assert_passed(
        &second_process(
            "plain_http_goes_through_no_proxy",
            &server.endpoint(),
            &variables,
        )
        .await,
    );
    assert_eq!((server.count(), seen.lock().unwrap().len()), (1, 0));
}
