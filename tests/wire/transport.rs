//! The provider as a plugin process: start, handshake, who may connect, and every way to end.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use test_support::client_identity::ClientIdentity;
use test_support::plugin_client::{
    COOKIE, Channel, Launch, Process, Stream, connect_tls, provider_command, tls_config,
};
use test_support::proto::health::HealthCheckRequest;
use test_support::proto::health::health_check_response::ServingStatus;

/// How a client of HTTP/2 begins.
const HTTP2_PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

/// Longer than the provider takes to answer anybody.
const A_WHILE: Duration = Duration::from_secs(5);

fn plugin() -> HealthCheckRequest {
    HealthCheckRequest {
        service: "plugin".to_owned(),
    }
}

mod launch {
    use super::*;

    /// In what a user is shown who starts it by hand.
    const CONFIGURATION: &str = "\n  resource \"incident_telemetry_data_source\" \"grafana\" {\n";

    #[test]
    fn without_the_cookie_it_explains_itself() {
        for cookie in [None, Some(""), Some("wrong")] {
            let mut command = provider_command();
            if let Some(cookie) = cookie {
                command.env(COOKIE.0, cookie);
            }
            let output = command.stdin(Stdio::null()).output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{cookie:?}");
            assert!(output.stdout.is_empty(), "{cookie:?}");
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.contains("Terraform provider"), "{stderr}");
            assert!(stderr.contains(CONFIGURATION), "{stderr}");
        }
    }

    #[test]
    fn version_and_help_need_no_cookie() {
        for (flag, expected) in [
            ("--version", env!("CARGO_PKG_VERSION")),
            ("-version", env!("CARGO_PKG_VERSION")),
            ("--help", "--debug"),
            (
                "--help",
                "Terraform provider for incident.io telemetry data sources.",
            ),
            ("-help", CONFIGURATION),
        ] {
            let output = provider_command().arg(flag).output().unwrap();
            assert!(output.status.success(), "{flag}");
            let stdout = String::from_utf8(output.stdout).unwrap();
            assert!(stdout.contains(expected), "{stdout}");
        }
    }

    #[test]
    fn an_unusable_variable_is_named_and_not_shown() {
        let output = provider_command()
            .env(COOKIE.0, COOKIE.1)
            .env("PLUGIN_CLIENT_CERT", "SESAME")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("PLUGIN_CLIENT_CERT"), "{stderr}");
        assert!(!stderr.contains("SESAME"), "{stderr}");
    }

    #[tokio::test]
    async fn unknown_flags_do_not_stop_a_host() {
        let scratch = tempfile::tempdir().unwrap();
        let mut child = tokio::process::Command::from(provider_command())
            .env(COOKIE.0, COOKIE.1)
            .env("TMPDIR", scratch.path())
            .args(["--what", "-is=this", "now"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut start = [0; 4];
        let mut stdout = child.stdout.take().unwrap();
        stdout.read_exact(&mut start).await.unwrap();
        assert_eq!(&start, b"1|6|");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn handshake_over_a_unix_socket() {
        use std::os::unix::fs::PermissionsExt as _;

        let parent = tempfile::tempdir().unwrap();
        let process = Launch::new()
            .env("PLUGIN_UNIX_SOCKET_DIR", parent.path().to_str().unwrap())
            .spawn()
            .await;
        assert!(process.line.ends_with('\n') && !process.line.contains(['\r', '=']));
        let handshake = &process.handshake;
        assert_eq!(handshake.core_version, "1");
        assert_eq!(handshake.protocol_version, "6");
        assert_eq!(handshake.transport, "grpc");
        assert_eq!(handshake.multiplexing, None);
        let dir = handshake.socket_dir();
        assert_eq!(dir.parent(), Some(parent.path()));
        let mode = dir.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }

    /// Missing, and no folder to write into, as a read-only one is to anybody but root.
    #[cfg(unix)]
    #[tokio::test]
    async fn a_folder_for_temporary_files_that_cannot_be_used_is_passed_over() {
        for folder in ["/nowhere/at/all", "/dev/null"] {
            let process = Launch::new().env("TMPDIR", folder).spawn().await;
            let parent = process.handshake.socket_dir().parent().map(Path::to_owned);
            assert_eq!(parent.as_deref(), Some(Path::new("/tmp")), "{folder}");
        }
    }

    #[tokio::test]
    async fn handshake_over_tcp() {
        let process = Launch::new().tcp().spawn().await;
        assert_eq!(process.handshake.network, "tcp");
        let (host, port) = process.handshake.address.split_once(':').unwrap();
        assert_eq!(host, "127.0.0.1");
        assert!((10_000..=25_000).contains(&port.parse::<u16>().unwrap()));
    }

    #[tokio::test]
    async fn plaintext_and_multiplexing_show_in_the_line() {
        let process = Launch::new()
            .plaintext()
            .env("PLUGIN_MULTIPLEX_GRPC", "true")
            .env("PLUGIN_PROTOCOL_VERSIONS", "5")
            .spawn()
            .await;
        assert_eq!(process.handshake.certificate, None);
        assert_eq!(process.handshake.multiplexing.as_deref(), Some("false"));
        assert_eq!(process.handshake.protocol_version, "6");
    }

    #[tokio::test]
    async fn every_start_has_a_certificate_and_a_socket_of_its_own() {
        let first = Launch::new().spawn().await;
        let second = Launch::new().spawn().await;
        assert_ne!(first.handshake.address, second.handshake.address);
        assert_ne!(first.handshake.certificate, second.handshake.certificate);
    }
}

mod service {
    use super::*;

    /// Pings, shuts down, and looks at what is left.
    async fn walk(launch: Launch) {
        let mut client = launch.start().await;
        let status = client.health.check(plugin()).await.unwrap().into_inner();
        assert_eq!(status.status(), ServingStatus::Serving);
        let handshake = client.process.handshake.clone();
        let exit = client.shutdown().await;
        assert!(exit.status.success(), "{exit:?}");
        assert_eq!((exit.stdout.as_str(), exit.stderr.as_str()), ("", ""));
        if handshake.network == "unix" {
            assert!(!handshake.socket_dir().exists());
        }
    }

    #[tokio::test]
    async fn as_terraform_does_it() {
        walk(Launch::new().identity(ClientIdentity::p521())).await;
    }

    #[tokio::test]
    async fn over_tls_1_2() {
        static ONLY: [&rustls::SupportedProtocolVersion; 1] = [&rustls::version::TLS12];
        for identity in [ClientIdentity::p521(), ClientIdentity::p256()] {
            let launch = Launch::new().identity(identity);
            walk(launch.tls_versions(&ONLY)).await;
        }
    }

    #[tokio::test]
    async fn over_tcp() {
        walk(Launch::new().tcp()).await;
    }

    #[tokio::test]
    async fn in_plaintext() {
        walk(Launch::new().plaintext()).await;
        walk(Launch::new().plaintext().tcp()).await;
    }

    #[tokio::test]
    async fn health_of_other_services() {
        let mut client = Launch::new().start().await;
        let named = |service: &str| HealthCheckRequest {
            service: service.to_owned(),
        };
        let whole = client.health.check(named("")).await.unwrap();
        assert_eq!(whole.into_inner().status(), ServingStatus::Serving);
        let error = client.health.check(named("else")).await.unwrap_err();
        assert_eq!(error.code(), tonic::Code::NotFound);
        for (service, status) in [
            ("plugin", ServingStatus::Serving),
            ("else", ServingStatus::ServiceUnknown),
        ] {
            let watch = client.health.watch(named(service)).await.unwrap();
            let first = watch.into_inner().message().await.unwrap().unwrap();
            assert_eq!(first.status(), status);
        }
        client.shutdown().await;
    }

    #[tokio::test]
    async fn stdio_stays_open_and_silent() {
        let mut client = Launch::new().start().await;
        let message = tokio::time::timeout(Duration::from_millis(300), client.stdio.message());
        assert!(message.await.is_err());
        client.shutdown().await;
    }
}

mod strangers {
    use super::*;

    /// What a server says to somebody who has not passed: at most a TLS alert, then the end.
    async fn answer(mut stream: impl Stream) -> Vec<u8> {
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        // An error is as good as the end.
        let _ = tokio::time::timeout(A_WHILE, reading)
            .await
            .expect("the connection stays open");
        answer
    }

    /// Does a TLS handshake and starts HTTP/2. The whole answer is what came inside TLS.
    async fn answer_inside_tls(process: &Process, client: Option<&ClientIdentity>) -> Vec<u8> {
        let mut inside = Vec::new();
        for versions in [[&rustls::version::TLS13], [&rustls::version::TLS12]] {
            let server = process.handshake.certificate.clone().unwrap();
            let config = tls_config(server, client, &versions);
            let Ok(mut stream) = connect_tls(process.handshake.dial().await, config).await else {
                continue;
            };
            let _ = stream.write_all(HTTP2_PREFACE).await;
            inside.extend(answer(stream).await);
        }
        inside
    }

    #[tokio::test]
    async fn get_nothing_and_disturb_nobody() {
        let identity = ClientIdentity::p521();
        let mut client = Launch::new().identity(identity.clone()).start().await;
        let process = &client.process;

        // No certificate; another; ours, as anybody may read it from the environment, without its
        // key.
        assert!(answer_inside_tls(process, None).await.is_empty());
        for other in [ClientIdentity::p521(), ClientIdentity::p256()] {
            assert!(answer_inside_tls(process, Some(&other)).await.is_empty());
            let thief = ClientIdentity {
                certificate: identity.certificate.clone(),
                key: other.key,
            };
            assert!(answer_inside_tls(process, Some(&thief)).await.is_empty());
        }

        // Plaintext, and a version of TLS that nobody should speak.
        for bytes in [HTTP2_PREFACE, TLS_1_1_HELLO] {
            let mut stream = process.handshake.dial().await;
            stream.write_all(bytes).await.unwrap();
            let answer = answer(stream).await;
            assert!(matches!(answer.first(), None | Some(0x15)), "{answer:?}");
        }

        // Connections without a byte, and with some that mean nothing.
        for junk in [&b""[..], b"\0", b"GET / HTTP/1.1\r\n\r\n", &[0xff; 4096]] {
            let mut stream = process.handshake.dial().await;
            let _ = stream.write_all(junk).await;
        }
        let waiting = process.handshake.dial().await;

        let status = client.health.check(plugin()).await.unwrap().into_inner();
        assert_eq!(status.status(), ServingStatus::Serving);
        client.shutdown().await;
        drop(waiting);
    }

    #[tokio::test]
    async fn disturb_nobody_in_plaintext_either() {
        let mut client = Launch::new().plaintext().tcp().start().await;
        for junk in [&b""[..], b"\0", b"GET / HTTP/1.1\r\n\r\n", HTTP2_PREFACE] {
            let mut stream = client.process.handshake.dial().await;
            stream.write_all(junk).await.unwrap();
        }
        client.health.check(plugin()).await.unwrap();
        client.shutdown().await;
    }

    #[tokio::test]
    async fn are_logged_as_lines_that_the_host_reads() {
        let client = Launch::new().env("TF_LOG", "TRACE").start().await;
        assert!(answer_inside_tls(&client.process, None).await.is_empty());
        let exit = client.shutdown().await;
        let lines: Vec<serde_json::Value> = exit
            .stderr
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let refusals: Vec<_> = lines
            .iter()
            .filter(|line| line["@level"] == "warn")
            .collect();
        assert_eq!(refusals.len(), 2, "{}", exit.stderr);
        for line in lines {
            let timestamp = line["@timestamp"].as_str().unwrap();
            let (_, fraction) = timestamp.split_once('.').unwrap();
            assert_eq!(fraction.len(), "123456Z".len(), "{timestamp}");
            assert!(line["@message"].is_string());
        }
    }

    /// A client's first message in TLS 1.1, offering one cipher suite.
    const TLS_1_1_HELLO: &[u8] = &[
        0x16, 3, 1, 0, 45, // record: handshake, 45 bytes
        1, 0, 0, 41, // client hello, 41 bytes
        3, 2, // TLS 1.1
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, // random
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, //
        0, // no session
        0, 2, 0xc0, 0x09, // ECDHE-ECDSA with AES-128-CBC and SHA-1
        1, 0, // no compression
    ];
}

#[cfg(unix)]
mod end {
    use super::*;
    use std::time::Instant;
    use test_support::plugin_client::{EXIT_LIMIT, provider};

    fn signal(name: &str, process: u32) {
        let status = std::process::Command::new("sh")
            .args(["-c", &format!("kill -{name} {process}")])
            .status()
            .unwrap();
        assert!(status.success());
    }

    #[tokio::test]
    async fn interrupts_are_left_to_the_host() {
        let mut client = Launch::new().start().await;
        for _ in 0..3 {
            signal("INT", client.process.id());
            client.health.check(plugin()).await.unwrap();
        }
        client.shutdown().await;
    }

    #[tokio::test]
    async fn termination_is_orderly() {
        let mut client = Launch::new().start().await;
        let dir = client.process.handshake.socket_dir();
        let started = Instant::now();
        signal("TERM", client.process.id());
        let status = client.process.exit().await;
        assert!(started.elapsed() < EXIT_LIMIT);
        assert!(status.success(), "{status}");
        assert!(!dir.exists());
    }

    #[tokio::test]
    async fn shutdown_does_not_wait_for_other_clients() {
        let client = Launch::new().plaintext().start().await;
        let stream = client.process.handshake.dial().await;
        let (channel, _connection) = Channel::open(stream).await.unwrap();
        let mut watch = channel.health().watch(plugin()).await.unwrap().into_inner();
        watch.message().await.unwrap().unwrap();
        let silent = client.process.handshake.dial().await;
        client.shutdown().await;
        drop((watch, silent));
    }

    /// The host is killed, so that nobody says Shutdown.
    #[tokio::test]
    async fn an_orphan_ends_by_itself() {
        let parent = tempfile::tempdir().unwrap();
        let mut command = tokio::process::Command::new("sh");
        let mut host = command
            .args(["-c", &format!("'{}' & wait", provider().display())])
            .env(COOKIE.0, COOKIE.1)
            .env("PLUGIN_UNIX_SOCKET_DIR", parent.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut stdout = host.stdout.take().unwrap();
        let mut line = [0; 4];
        stdout.read_exact(&mut line).await.unwrap();
        assert_eq!(&line, b"1|6|");

        let started = Instant::now();
        host.kill().await.unwrap();
        // The pipe ends when the last process that has it does.
        let mut rest = String::new();
        let reading = stdout.read_to_string(&mut rest);
        tokio::time::timeout(A_WHILE, reading)
            .await
            .expect("the orphan stays")
            .unwrap();
        assert!(started.elapsed() < EXIT_LIMIT);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}

#[cfg(unix)]
mod debug {
    use super::*;
    use tokio::io::{AsyncBufReadExt as _, BufReader};
    use tokio::net::UnixStream;

    #[tokio::test]
    async fn serves_in_plaintext_until_interrupted() {
        let parent = tempfile::tempdir().unwrap();
        let mut child = tokio::process::Command::from(provider_command())
            .arg("--debug")
            .env("PLUGIN_UNIX_SOCKET_DIR", parent.path())
            .env("PLUGIN_CLIENT_CERT", ClientIdentity::p256().pem())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reattach = loop {
            let line = lines.next_line().await.unwrap().expect("no reattach line");
            if let Some(value) = line.strip_prefix("\tTF_REATTACH_PROVIDERS='") {
                break value.strip_suffix('\'').unwrap().to_owned();
            }
        };
        let reattach: serde_json::Value = serde_json::from_str(&reattach).unwrap();
        let [provider, tofus] = ["registry.terraform.io", "registry.opentofu.org"]
            .map(|registry| &reattach[format!("{registry}/incident-telemetry/incident")]);
        assert_eq!(provider, tofus);
        assert_eq!(provider["Protocol"], "grpc");
        assert_eq!(provider["ProtocolVersion"], 6);
        assert_eq!(provider["Test"], true);
        assert_eq!(provider["Pid"], child.id().unwrap());
        assert_eq!(provider["Addr"]["Network"], "unix");

        // Terraform looks whether somebody is there first, then connects, once for every walk.
        let path = provider["Addr"]["String"].as_str().unwrap();
        for _ in 0..2 {
            drop(UnixStream::connect(path).await.unwrap());
            let stream = UnixStream::connect(path).await.unwrap();
            let (channel, _connection) = Channel::open(stream).await.unwrap();
            channel.health().check(plugin()).await.unwrap();
        }

        let pid = child.id().unwrap();
        let interrupt = std::process::Command::new("sh")
            .args(["-c", &format!("kill -INT {pid}")])
            .status();
        assert!(interrupt.unwrap().success());
        let status = tokio::time::timeout(A_WHILE, child.wait()).await;
        assert!(status.unwrap().unwrap().success());
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
