//! A stateful stand-in for the incident.io telemetry API, for tests and the quickstart.
//!
//! It serves `PUT /v2/telemetry/data_sources/{id}` and `GET /v1/identity` on loopback, keeps what
//! it is sent, writes every request down, and goes wrong on demand. The facts come from
//! `openapi.json` beside this crate's manifest, and `tests/it/contract.rs` holds it to them. Where
//! those are silent:
//!
//! - checks go in this order: path (404), method (405), key (401), rate limit (429), scope (403),
//!   content type (400), JSON (400), data source (404), fields (422);
//! - `null` is a wrong type, unknown fields are ignored, and a blank name or credential is refused;
//! - any configuration that is accepted switches a disabled source on;
//! - credentials that begin with `bad` are not accepted (see [`Sandbox::reject_credentials`]).
//!
//! ```
//! use incident_sandbox::{DataSourceSeed, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default())?;
//! sandbox.add(DataSourceSeed::grafana("01G0J1EXE7AXZ2C93K61WBPYEH", "Production Grafana"));
//! assert!(sandbox.endpoint().starts_with("http://127.0.0.1:"));
//! assert_eq!(sandbox.count(), 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! From top to bottom: `server` accepts connections, `service` takes a request down, `api` answers
//! it, `limit` counts, `update` checks and `store` keeps it; `fault`, `edit` and `wire` make it go
//! wrong, `journal` remembers. `page` shows it to whoever runs it by hand.

mod answer;
mod api;
mod background;
mod clock;
mod dashboard;
mod edit;
mod envelope;
mod fault;
mod journal;
mod key;
mod limit;
mod options;
mod page;
mod server;
mod service;
mod shared;
mod spelling;
mod store;
mod tls;
mod update;
mod wire;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use serde_json::Value;
use tokio_rustls::TlsAcceptor;

pub use crate::{
    answer::Answer,
    api::{OLDER_UPDATE_SCOPE, UPDATE_SCOPE},
    background::Touch,
    dashboard::Dashboard,
    edit::Edit,
    envelope::Problem,
    fault::{Escape, Fault, When, Write},
    journal::Entry,
    key::{ApiKey, DEFAULT_KEY, DEFAULT_ORGANISATION},
    limit::{DOCUMENTED_LIMIT, RetryAfter},
    options::{Certificate, EmptyPut, Options},
    page::Page,
    shared::Gate,
    spelling::{NameForm, Spelling},
    store::{DataSource, DataSourceSeed, NoSuchSource},
};

/// A running stand-in. It stops, and its port is free again, when this is dropped.
///
/// Every method may be called from any thread, inside or outside an async runtime; none waits
/// longer than for a lock, except where it says so.
#[derive(Debug)]
pub struct Sandbox {
    server: server::Server,
    endpoint: String,
    ca_pem: Option<String>,
}

impl Sandbox {
    /// Starts serving, with no data sources.
    ///
    /// # Errors
    /// The address cannot be bound, or no thread or certificate can be made.
    pub fn start(mut options: Options) -> io::Result<Self> {
        let prefix = match options.path_prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("/{prefix}"),
        };
        options.path_prefix.clone_from(&prefix);
        let address = SocketAddr::new(options.bind, options.port);
        let identity = options.tls.map(tls::Identity::new).transpose()?;
        let scheme = if identity.is_some() { "https" } else { "http" };
        let (ca_pem, acceptor) = identity
            .map(|identity| (identity.ca_pem, TlsAcceptor::from(identity.config)))
            .unzip();
        let server = server::Server::start(api::World::new(options), address, acceptor)?;
        let endpoint = format!("{scheme}://{}{prefix}", server.address);
        Ok(Self {
            server,
            endpoint,
            ca_pem,
        })
    }

    /// The base URL, path prefix included, without a slash at its end.
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The certificate, in PEM, of the CA that a client of a TLS sandbox must trust;
    /// written to a file, it is what `SSL_CERT_FILE` wants.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Connects a data source; one with the same id is replaced.
    pub fn add(&self, seed: DataSourceSeed) {
        self.server.shared.lock().store.add(seed);
    }

    /// Does things by hand, as somebody does on incident.io's pages.
    pub fn dashboard(&self) -> Dashboard<'_> {
        Dashboard {
            shared: &self.server.shared,
        }
    }

    /// Serves a page that shows what is here and has the dashboard's buttons, on this port of
    /// loopback; 0 takes an unused one.
    ///
    /// # Errors
    /// The port cannot be bound, or no thread can be made.
    pub fn page(&self, port: u16) -> io::Result<Page> {
        Page::start(Arc::clone(&self.server.shared), port)
    }

    /// A data source as the API holds it now.
    pub fn data_source(&self, id: &str) -> Option<DataSource> {
        let mut world = self.server.shared.lock();
        world.catch_up();
        world.store.get(id).cloned()
    }

    /// A data source as it was before its last stamp, as [`Fault::Stale`] answers it; as it is if
    /// it never had one.
    pub fn earlier(&self, id: &str) -> Option<DataSource> {
        let mut world = self.server.shared.lock();
        world.catch_up();
        world.store.get(id)?;
        world.store.earlier(id).cloned()
    }

    /// A secret that the API holds, by full field name, like `grafana_config.api_key`.
    pub fn secret(&self, id: &str, field: &str) -> Option<String> {
        self.data_source(id)?.config.remove(field)
    }

    /// The Grafana URL that the API holds.
    pub fn api_url(&self, id: &str) -> Option<String> {
        self.secret(id, "grafana_config.api_url")
    }

    /// Sets the version that the upstream tool reports, which is no change of the source:
    /// `updated_at` stays.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn set_version(&self, id: &str, version: Option<&str>) -> Result<(), NoSuchSource> {
        let mut world = self.server.shared.lock();
        world.store.get_mut(id)?.version = version.map(str::to_owned);
        Ok(())
    }

    /// Decides which credentials the upstream tools refuse, by full field name and value. It
    /// must not call the sandbox.
    pub fn reject_credentials(&self, rejects: impl Fn(&str, &str) -> bool + Send + 'static) {
        self.server.shared.lock().rejects = Box::new(rejects);
    }

    /// Replaces the keys that are accepted.
    pub fn set_keys(&self, keys: Vec<ApiKey>) {
        self.server.shared.lock().options.keys = keys;
    }

    /// Changes what an empty update does.
    pub fn set_empty_put(&self, empty_put: EmptyPut) {
        self.server.shared.lock().options.empty_put = empty_put;
    }

    /// Changes how answers spell times: those that wrote nothing, and those that did.
    pub fn set_times(&self, reads: Spelling, writes: Spelling) {
        let options = &mut self.server.shared.lock().options;
        options.read_times = reads;
        options.write_times = writes;
    }

    /// Changes the Unicode normal form of names in answers.
    pub fn set_names(&self, names: NameForm) {
        self.server.shared.lock().options.names = names;
    }

    /// Changes what is changed in every good answer; `Edit::default()` is nothing.
    pub fn set_edit(&self, edit: Edit) {
        self.server.shared.lock().options.edit = edit;
    }

    /// Changes whether the service touches a row after each write from now on.
    pub fn set_touch(&self, touch: Touch) {
        self.server.shared.lock().options.touch = touch;
    }

    /// Changes how long each request waits before it is looked at.
    pub fn set_latency(&self, latency: Duration) {
        self.server.shared.lock().options.latency = latency;
    }

    /// Changes by how many seconds the server's clock is ahead (negative: behind).
    pub fn set_clock_skew(&self, seconds: i64) {
        self.server.shared.lock().options.clock_skew = seconds;
    }

    /// Changes the requests a minute for each key, and forgets those made so far.
    pub fn set_requests_per_minute(&self, limit: Option<u32>) {
        let mut world = self.server.shared.lock();
        world.options.requests_per_minute = limit;
        world.limiter.reset();
    }

    /// Changes the updates a minute of all keys together, and forgets those made so far.
    pub fn set_shared_requests_per_minute(&self, limit: Option<u32>) {
        let mut world = self.server.shared.lock();
        world.options.shared_requests_per_minute = limit;
        world.limiter.reset();
    }

    /// Changes how many requests a minute another client makes, spread evenly.
    pub fn set_other_client(&self, requests_per_minute: u32) {
        self.server.shared.lock().options.other_client = requests_per_minute;
    }

    /// Has another client make this many requests at once: against the limit that keys share,
    /// or where there is none against each key's own.
    pub fn spend(&self, requests: u32) {
        self.server.shared.lock().spend(requests);
    }

    /// Changes whether answers under a limit carry `X-RateLimit-*` headers.
    pub fn set_quota_headers(&self, quota_headers: bool) {
        self.server.shared.lock().options.quota_headers = quota_headers;
    }

    /// Changes how a 429 says when to come back.
    pub fn set_retry_after(&self, retry_after: RetryAfter) {
        self.server.shared.lock().options.retry_after = retry_after;
    }

    /// Every request since the start or the last [`Sandbox::take_journal`], in order.
    pub fn journal(&self) -> Vec<Entry> {
        self.server.shared.lock().journal.entries().to_vec()
    }

    /// The journal, which begins anew.
    pub fn take_journal(&self) -> Vec<Entry> {
        self.server.shared.lock().journal.take()
    }

    /// The bodies in the journal; `null` for one that was not JSON. Whoever asks whose the key
    /// is sends none, and is left out.
    pub fn bodies(&self) -> Vec<Value> {
        let world = self.server.shared.lock();
        let entries = world.journal.entries().iter();
        entries
            .filter(|entry| !entry.is_identity())
            .map(|entry| entry.body.clone().unwrap_or_default())
            .collect()
    }

    /// How many requests are in the journal.
    pub fn count(&self) -> usize {
        self.server.shared.lock().journal.entries().len()
    }

    /// How many requests in the journal ask whose the key is.
    pub fn identities(&self) -> usize {
        let world = self.server.shared.lock();
        let entries = world.journal.entries().iter();
        entries.filter(|entry| entry.is_identity()).count()
    }

    /// How many requests in the journal were answered with this status; 429 counts those that a
    /// limit refused.
    pub fn count_of(&self, status: u16) -> usize {
        let world = self.server.shared.lock();
        let entries = world.journal.entries().iter();
        entries.filter(|entry| entry.status == Some(status)).count()
    }

    /// Blocks until `done` holds for the journal; false once `limit` has passed. It must not
    /// call the sandbox.
    pub fn wait_until(&self, limit: Duration, done: impl Fn(&[Entry]) -> bool) -> bool {
        self.server.shared.wait_until(limit, done)
    }

    /// Has something go wrong. Where several faults are due, the one put in first strikes.
    pub fn fault(&self, fault: Fault, when: When) {
        self.server.shared.lock().faults.push(fault, when);
    }

    /// How many faults can still strike: 0 once a test has met all that it put in.
    pub fn pending_faults(&self) -> usize {
        self.server.shared.lock().faults.pending()
    }

    /// Has nothing go wrong any more. Requests already struck stay struck.
    pub fn clear_faults(&self) {
        self.server.shared.lock().faults.clear();
    }

    /// Opens or closes the sandbox to connections, and returns when that is done.
    pub fn gate(&self, gate: Gate) {
        self.server.shared.gate(gate);
    }
}
