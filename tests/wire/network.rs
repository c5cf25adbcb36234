//! The way to the API: certificates of one's own, proxies, and both at once.

use std::path::PathBuf;

use incident_sandbox::{Certificate, DEFAULT_KEY, Options, Sandbox};
use serde_json::Value;
use tempfile::TempDir;

use crate::world::{FIELD, ID, ONE, block, config, sandbox, settled_by};
use test_support::host::Host;
use test_support::plugin_client::Launch;
use test_support::proxy::{Proxy, Tunnel};

/// An API behind TLS, and the file with the certificate of the authority that vouches for it.
struct Private {
    sandbox: Sandbox,
    folder: TempDir,
}

impl Private {
    fn start() -> Self {
        let sandbox = sandbox(Options::default().tls(Certificate::Valid));
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("roots.pem"), sandbox.ca_pem().unwrap()).unwrap();
        Self { sandbox, folder }
    }

    fn roots(&self) -> PathBuf {
        self.folder.path().join("roots.pem")
    }

    /// A provider that trusts it.
    fn trusted(&self) -> Launch {
        Launch::new().env("SSL_CERT_FILE", self.roots().to_str().unwrap())
    }

    /// By another name that the certificate has, which only a proxy can find.
    fn far_away(&self) -> String {
        format!("https://incident.test:{}", self.sandbox.address().port())
    }

    /// By the name of this very machine.
    fn at_home(&self) -> String {
        format!("https://localhost:{}", self.sandbox.address().port())
    }
}

/// Adopts and settles.
async fn works(launch: Launch, sandbox: &Sandbox, block: Value) {
    let client = launch.start().await;
    let host = Host::new(&client).await;
    let mut state = None;
    host.configure(block.clone()).await;
    let run = host.run(&config(ONE), &mut state).await;
    assert!(run.told.is_silent(), "{}", run.told.text());
    settled_by(&host, sandbox, &block, ONE, state).await;
    client.shutdown().await;
}

/// Fails to adopt, and says this.
async fn fails(launch: Launch, block: Value, phrase: &str) {
    let client = launch.start().await;
    let host = Host::new(&client).await;
    host.configure(block).await;
    let plan = host.plan(&config(ONE), None).await.unwrap();
    assert!(plan.told.text().contains(phrase), "{}", plan.told.text());
    assert!(
        !plan.told.text().contains(DEFAULT_KEY),
        "{}",
        plan.told.text()
    );
    client.shutdown().await;
}

#[tokio::test]
async fn roots_of_ones_own() {
    let api = Private::start();
    for endpoint in [api.sandbox.endpoint(), api.at_home()] {
        works(api.trusted(), &api.sandbox, block(&endpoint)).await;
    }
    // Without them the same API is a stranger, and is sent nothing.
    api.sandbox.take_journal();
    fails(Launch::new(), block(&api.at_home()), "SSL_CERT_FILE").await;
    let empty = api.folder.path().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let nothing = Launch::new().env("SSL_CERT_FILE", empty.to_str().unwrap());
    fails(nothing, block(&api.at_home()), "SSL_CERT_FILE").await;
    assert_eq!(api.sandbox.count(), 0);
}

#[tokio::test]
async fn through_a_proxy() {
    let api = Private::start();
    let proxy = Proxy::start(Tunnel::To(api.sandbox.address()));
    let authority = format!("incident.test:{}", api.sandbox.address().port());
    let with_password = proxy.url().replace("http://", "http://user:pass%20word@");
    for url in [proxy.url(), with_password] {
        api.sandbox.take_journal();
        let launch = api.trusted().env("HTTPS_PROXY", &url);
        works(launch, &api.sandbox, block(&api.far_away())).await;
        assert!(api.sandbox.count() > 0);
        let asked = proxy.asked();
        let last = asked.last().unwrap();
        assert!(
            last.starts_with(&format!("CONNECT {authority} HTTP/1.1\r\n")),
            "{last}"
        );
        let presents = last.to_lowercase().contains("proxy-authorization: basic ");
        assert_eq!(presents, url.contains('@'), "{last}");
        // What is for the API goes through the tunnel.
        for head in &asked {
            assert!(!head.contains(DEFAULT_KEY) && !head.contains(ID), "{head}");
        }
    }
}

/// As Terraform's own requests do: loopback is never proxied, whatever the variables say.
#[tokio::test]
async fn past_a_proxy() {
    let api = Private::start();
    for (variable, value) in [
        ("NO_PROXY", ""),
        ("NO_PROXY", "example.com"),
        ("no_proxy", "example.com, localhost"),
        ("NO_PROXY", "*"),
    ] {
        let proxy = Proxy::start(Tunnel::Refused);
        let launch = api
            .trusted()
            .env("HTTPS_PROXY", &proxy.url())
            .env(variable, value);
        works(launch, &api.sandbox, block(&api.at_home())).await;
        assert!(proxy.asked().is_empty(), "{variable}={value}");
    }
}

#[tokio::test]
async fn a_proxy_is_not_given_what_is_not_encrypted() {
    let sandbox = sandbox(Options::default());
    let proxy = Proxy::start(Tunnel::Refused);
    let mut launch = Launch::new();
    for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
        launch = launch.env(variable, &proxy.url());
    }
    works(launch, &sandbox, block(&sandbox.endpoint())).await;
    assert!(proxy.asked().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_in_the_way() {
    let api = Private::start();
    for (tunnel, phrase) in [
        (Tunnel::WantsCredentials, "requires credentials"),
        (Tunnel::Refused, "HTTPS_PROXY"),
    ] {
        let proxy = Proxy::start(tunnel);
        let launch = api.trusted().env("HTTPS_PROXY", &proxy.url());
        let mut block = block(&api.far_away());
        block["max_retries"] = 0.into();
        fails(launch, block, phrase).await;
        assert_eq!(proxy.asked().len(), 1);
    }
    assert_eq!(api.sandbox.count(), 0);
    assert_ne!(api.sandbox.secret(ID, FIELD).as_deref(), Some(ONE));
}
