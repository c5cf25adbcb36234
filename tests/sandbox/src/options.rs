//! How a sandbox is set up before it starts.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};

use crate::{
    api::UPDATE_SCOPE,
    background::Touch,
    edit::Edit,
    key::{ApiKey, DEFAULT_KEY},
    limit::RetryAfter,
    spelling::{NameForm, Spelling},
};

/// What the API does with a `PUT` that carries nothing to change.
///
/// The published schema does not say; the provider must get along with each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmptyPut {
    /// 200, and nothing changes.
    #[default]
    Keeps,
    /// 200, and `updated_at` becomes the time of the request.
    Stamps,
    /// 422, and nothing changes.
    Refuses,
}

/// The certificate a TLS sandbox presents; always issued by the sandbox's own CA.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Certificate {
    /// For `localhost`, `127.0.0.1` and `::1`, valid now.
    #[default]
    Valid,
    /// As `Valid`, but it ran out years ago.
    Expired,
    /// Valid, but for another host.
    OtherHost,
}

/// How a sandbox starts. `Options::default()` is plain HTTP on an unused IPv4
/// loopback port with [`DEFAULT_KEY`].
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to bind.
    pub bind: IpAddr,
    /// Port to bind; 0 takes an unused one.
    pub port: u16,
    /// Path in front of `/v2`: empty, or like `/gateway/incident`.
    pub path_prefix: String,
    /// Serve TLS with this certificate.
    pub tls: Option<Certificate>,
    /// The keys accepted.
    pub keys: Vec<ApiKey>,
    /// What an empty update does.
    pub empty_put: EmptyPut,
    /// How long each request waits before it is looked at.
    pub latency: Duration,
    /// How answers that wrote nothing spell times.
    pub read_times: Spelling,
    /// How answers to what was written, or stamped, spell times.
    pub write_times: Spelling,
    /// The Unicode normal form of names in answers.
    pub names: NameForm,
    /// What is changed in every good answer.
    pub edit: Edit,
    /// Whether the service touches a row after each write.
    pub touch: Touch,
    /// Whether answers carry a `Date` header.
    pub date_header: bool,
    /// Seconds the server's clock is ahead (negative: behind). It shows in `Date`,
    /// `updated_at` and `retry_after`.
    pub clock_skew: i64,
    /// The scope that updates ask for, as a 403 names it; `None` if it names none.
    pub update_scope: Option<String>,
    /// Requests a minute and key, all of them available at once to begin with; `None` for no limit.
    pub requests_per_minute: Option<u32>,
    /// Updates a minute of all keys together, likewise.
    pub shared_requests_per_minute: Option<u32>,
    /// Requests a minute of another client, spread evenly, that count against the limits.
    pub other_client: u32,
    /// Whether answers under a limit carry `X-RateLimit-*` headers.
    pub quota_headers: bool,
    /// How a 429 says when to come back.
    pub retry_after: RetryAfter,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            path_prefix: String::new(),
            tls: None,
            keys: vec![ApiKey::full(DEFAULT_KEY)],
            empty_put: EmptyPut::default(),
            latency: Duration::ZERO,
            read_times: Spelling::default(),
            write_times: Spelling::default(),
            names: NameForm::default(),
            edit: Edit::default(),
            touch: Touch::default(),
            date_header: true,
            clock_skew: 0,
            update_scope: Some(UPDATE_SCOPE.to_owned()),
            requests_per_minute: None,
            shared_requests_per_minute: None,
            other_client: 0,
            quota_headers: true,
            retry_after: RetryAfter::default(),
        }
    }
}

impl Options {
    /// Binds `[::1]` in place of `127.0.0.1`.
    #[must_use]
    pub fn ipv6(mut self) -> Self {
        self.bind = Ipv6Addr::LOCALHOST.into();
        self
    }

    /// Binds this port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves below this path.
    #[must_use]
    pub fn path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = prefix.into();
        self
    }

    /// Serves TLS with this certificate.
    #[must_use]
    pub fn tls(mut self, certificate: Certificate) -> Self {
        self.tls = Some(certificate);
        self
    }

    /// Accepts this key besides those already accepted.
    #[must_use]
    pub fn key(mut self, key: ApiKey) -> Self {
        self.keys.push(key);
        self
    }

    /// Chooses what an empty update does.
    #[must_use]
    pub fn empty_put(mut self, empty_put: EmptyPut) -> Self {
        self.empty_put = empty_put;
        self
    }

    /// Lets each request wait this long before it is looked at.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency = latency;
        self
    }

    /// Chooses how answers spell times: those that wrote nothing, and those that did.
    #[must_use]
    pub fn times(mut self, reads: Spelling, writes: Spelling) -> Self {
        self.read_times = reads;
        self.write_times = writes;
        self
    }

    /// Chooses the Unicode normal form of names in answers.
    #[must_use]
    pub fn names(mut self, names: NameForm) -> Self {
        self.names = names;
        self
    }

    /// Changes every good answer like this.
    #[must_use]
    pub fn edit(mut self, edit: Edit) -> Self {
        self.edit = edit;
        self
    }

    /// Has the service touch a row after each write.
    #[must_use]
    pub fn touch(mut self, touch: Touch) -> Self {
        self.touch = touch;
        self
    }

    /// Leaves the `Date` header out of answers.
    #[must_use]
    pub fn without_date(mut self) -> Self {
        self.date_header = false;
        self
    }

    /// Puts the server's clock this many seconds ahead (negative: behind).
    #[must_use]
    pub fn clock_skew(mut self, seconds: i64) -> Self {
        self.clock_skew = seconds;
        self
    }

    /// Limits the requests a minute for each key.
    #[must_use]
    pub fn requests_per_minute(mut self, limit: u32) -> Self {
        self.requests_per_minute = Some(limit);
        self
    }

    /// Has updates ask for this scope, or for one that no 403 names.
    #[must_use]
    pub fn update_scope(mut self, scope: Option<&str>) -> Self {
        self.update_scope = scope.map(str::to_owned);
        self
    }

    /// Limits the updates a minute of all keys together.
    #[must_use]
    pub fn shared_requests_per_minute(mut self, limit: u32) -> Self {
        self.shared_requests_per_minute = Some(limit);
        self
    }

    /// Has another client make so many requests a minute, spread evenly: against the limit
    /// that keys share, or where there is none against each key's own.
    #[must_use]
    pub fn other_client(mut self, requests_per_minute: u32) -> Self {
        self.other_client = requests_per_minute;
        self
    }

    /// Leaves the `X-RateLimit-*` headers out of answers.
    #[must_use]
    pub fn without_quota_headers(mut self) -> Self {
        self.quota_headers = false;
        self
    }

    /// Chooses how a 429 says when to come back.
    #[must_use]
    pub fn retry_after(mut self, retry_after: RetryAfter) -> Self {
        self.retry_after = retry_after;
        self
    }
}
