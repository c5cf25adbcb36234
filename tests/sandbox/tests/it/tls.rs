//! The TLS listener, seen by a client that trusts its CA.

use std::{io, sync::Arc};

use incident_sandbox::{Certificate, Fault, Options, Sandbox, When, Write};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

/// One request over TLS, read to the connection's end.
fn fetch(sandbox: &Sandbox) -> io::Result<String> {
    let mut roots = RootCertStore::empty();
    let ca = CertificateDer::from_pem_slice(sandbox.ca_pem().unwrap().as_bytes()).unwrap();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let stream = TcpStream::connect(sandbox.address()).await?;
        let name = ServerName::from(sandbox.address().ip());
        let connector = TlsConnector::from(Arc::new(config));
        let mut stream = connector.connect(name, stream).await?;
        stream
            .write_all(
                b"PUT /v2/telemetry/data_sources/no HTTP/1.1\r\nhost: sandbox\r\n\
                  authorization: Bearer sandbox-key\r\ncontent-type: application/json\r\n\
                  connection: close\r\ncontent-length: 2\r\n\r\n{}",
            )
            .await?;
        let mut reply = String::new();
        stream.read_to_string(&mut reply).await?;
        Ok(reply)
    })
}

#[test]
fn serves_those_who_trust_its_ca() {
    let sandbox = Sandbox::start(Options::default().tls(Certificate::Valid)).unwrap();
    assert!(sandbox.endpoint().starts_with("https://127.0.0.1:"));
    assert!(fetch(&sandbox).unwrap().starts_with("HTTP/1.1 404"));
    sandbox.fault(Fault::HalfAnswer, When::next());
    assert!(fetch(&sandbox).unwrap().starts_with("HTTP/1.1 404"));
    sandbox.fault(Fault::Reset(Write::Lost), When::next());
    assert_eq!(
        fetch(&sandbox).unwrap_err().kind(),
        io::ErrorKind::ConnectionReset
    );
    assert_eq!(sandbox.count(), 3);
}

#[test]
fn bad_certificates_are_refused_by_clients() {
    for certificate in [Certificate::Expired, Certificate::OtherHost] {
        let sandbox = Sandbox::start(Options::default().tls(certificate)).unwrap();
        assert!(fetch(&sandbox).is_err(), "{certificate:?}");
        assert_eq!(sandbox.count(), 0);
    }
}
