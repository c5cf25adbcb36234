//! The rows: each fault, and what comes of it where it lasts.

use std::path::Path;
use std::time::Duration;

use incident_sandbox::{Answer, Certificate, Fault, Options, Sandbox, Write};
use serde_json::json;

use crate::world;
use test_support::proxy::{Proxy, Tunnel};

/// One thing that goes wrong.
pub(super) struct Row {
    pub(super) name: &'static str,
    pub(super) strike: Strike,
    /// What the user reads once trying again has come to its end. Nothing: all is well, however it
    /// looks.
    pub(super) says: Option<(&'static str, &'static [&'static str])>,
    /// Whether the API takes a write before it goes wrong.
    pub(super) taken: bool,
}

pub(super) enum Strike {
    /// By the sandbox. The argument is how long a 429 asks to wait, in seconds.
    Fault(fn(u64) -> Fault),
    /// Nothing listens.
    Closed,
    /// The same API, under conditions that should not matter, set up like this.
    World(fn() -> Options),
    /// The address is another one from now on, in a process of its own with these variables.
    Elsewhere(fn(&Path) -> Elsewhere),
}

/// Where requests go instead, and what must be kept for that.
pub(super) struct Elsewhere {
    pub(super) endpoint: String,
    pub(super) environment: Vec<(&'static str, String)>,
    _sandbox: Option<Sandbox>,
    _proxy: Option<Proxy>,
}

pub(super) const UNREACHABLE: &str = "Cannot Reach incident.io";
const TOO_SLOW: &str = "incident.io Did Not Answer in Time";
const UNABLE: &str = "Unexpected Response from incident.io";
const LIMITED: &str = "Rate Limit of incident.io Reached";

pub(super) fn rows() -> Vec<Row> {
    let mut rows = Vec::new();
    let mut row = |name, taken, summary, phrases, strike| {
        rows.push(Row {
            name,
            strike,
            says: Some((summary, phrases)),
            taken,
        });
    };
    let network: &[&str] = &["Check the network", "run the command again"];
    let slow: &[&str] = &["request_timeout", "Run the command again"];
    let again: &[&str] = &["Run the command again"];
    let limited: &[&str] = &[
        "Too many requests for this key",
        "429",
        "requests_per_minute",
    ];

    row(
        "connection refused",
        false,
        UNREACHABLE,
        network,
        Strike::Closed,
    );
    row(
        "reset before the write is taken",
        false,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::Reset(Write::Lost)),
    );
    row(
        "reset after the write was taken",
        true,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::Reset(Write::Taken)),
    );
    row(
        "closed before the write is taken",
        false,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::Close(Write::Lost)),
    );
    row(
        "closed after the write was taken",
        true,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::Close(Write::Taken)),
    );
    row(
        "half an answer",
        true,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::HalfAnswer),
    );
    row(
        "hang before the write is taken",
        false,
        TOO_SLOW,
        slow,
        Strike::Fault(|_| Fault::Hang(Write::Lost, Duration::from_hours(1))),
    );
    row(
        "hang after the write was taken",
        true,
        TOO_SLOW,
        slow,
        Strike::Fault(|_| Fault::Hang(Write::Taken, Duration::from_hours(1))),
    );
    row(
        "slow drip",
        true,
        TOO_SLOW,
        slow,
        Strike::Fault(|_| Fault::Drip {
            pause: Duration::from_millis(50),
        }),
    );
    row(
        "length longer than the answer",
        true,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::LengthTooLong),
    );
    row(
        "length shorter than the answer",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| Fault::LengthTooShort),
    );
    row(
        "not HTTP at all",
        true,
        UNREACHABLE,
        network,
        Strike::Fault(|_| Fault::Garbage(Write::Taken, "SSH-2.0-OpenSSH_9.6\r\n".into())),
    );
    row(
        "429, no time said",
        false,
        LIMITED,
        limited,
        Strike::Fault(|_| Fault::Answer(Write::Lost, Answer::rate_limited())),
    );
    row(
        "429, Retry-After in seconds",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| header_429(&wait.to_string())),
    );
    row(
        "429, Retry-After as GMT date",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| header_429(&date("%a, %d %b %Y %H:%M:%S GMT", wait))),
    );
    row(
        "429, Retry-After as UTC date",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| header_429(&date("%a, %d %b %Y %H:%M:%S UTC", wait))),
    );
    row(
        "429, Retry-After as RFC 850 date",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| header_429(&date("%A, %d-%b-%y %H:%M:%S GMT", wait))),
    );
    row(
        "429, Retry-After as RFC 3339 date",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| header_429(&date("%Y-%m-%dT%H:%M:%SZ", wait))),
    );
    row(
        "429, date in the body",
        false,
        LIMITED,
        limited,
        Strike::Fault(|wait| {
            let date = date("%a, %d %b %Y %H:%M:%S UTC", wait);
            Fault::Answer(Write::Lost, Answer::rate_limited_until(&date))
        }),
    );
    row(
        "429, nonsense for a date",
        false,
        LIMITED,
        limited,
        Strike::Fault(|_| header_429("the day after tomorrow")),
    );
    row(
        "500, not taken",
        false,
        UNABLE,
        again,
        Strike::Fault(|_| status(Write::Lost, 500)),
    );
    row(
        "500, taken all the same",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| status(Write::Taken, 500)),
    );
    row(
        "502",
        false,
        UNABLE,
        again,
        Strike::Fault(|_| status(Write::Lost, 502)),
    );
    row(
        "503",
        false,
        UNABLE,
        again,
        Strike::Fault(|_| status(Write::Lost, 503)),
    );
    row(
        "504, taken all the same",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| status(Write::Taken, 504)),
    );
    row(
        "502 in HTML",
        false,
        UNABLE,
        again,
        Strike::Fault(|_| Fault::Answer(Write::Lost, Answer::html(502))),
    );
    row(
        "200 in HTML",
        false,
        UNABLE,
        again,
        Strike::Fault(|_| Fault::Answer(Write::Lost, Answer::html(200))),
    );
    row(
        "200 with an empty body",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| Fault::Answer(Write::Taken, Answer::status(200))),
    );
    row(
        "JSON of another shape",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| {
            Fault::Answer(
                Write::Taken,
                Answer::json(200, &json!({"data_source": {"id": 7}})),
            )
        }),
    );
    row(
        "a huge body",
        true,
        UNABLE,
        again,
        Strike::Fault(|_| Fault::Answer(Write::Taken, Answer::huge(1 << 30))),
    );
    row(
        "certificate ran out",
        false,
        UNREACHABLE,
        &["this machine's clock"],
        Strike::Elsewhere(|folder| encrypted(Certificate::Expired, true, folder)),
    );
    row(
        "certificate of another host",
        false,
        UNREACHABLE,
        &["a name that the certificate contains"],
        Strike::Elsewhere(|folder| encrypted(Certificate::OtherHost, true, folder)),
    );
    row(
        "certificate of an unknown authority",
        false,
        UNREACHABLE,
        &["SSL_CERT_FILE"],
        Strike::Elsewhere(|folder| encrypted(Certificate::Valid, false, folder)),
    );
    row(
        "no TLS on the other side",
        false,
        UNREACHABLE,
        &["does not speak TLS"],
        Strike::Elsewhere(|folder| {
            let sandbox = Sandbox::start(Options::default()).unwrap();
            let endpoint = sandbox.endpoint().replace("http://", "https://");
            elsewhere(
                endpoint,
                encrypted_environment(folder, None),
                Some(sandbox),
                None,
            )
        }),
    );
    row(
        "proxy answers 407",
        false,
        UNREACHABLE,
        &["HTTPS_PROXY", "credentials"],
        Strike::Elsewhere(|_| through(Tunnel::WantsCredentials)),
    );
    row(
        "proxy answers 502",
        false,
        UNREACHABLE,
        &["HTTPS_PROXY"],
        Strike::Elsewhere(|_| through(Tunnel::Refused)),
    );
    row(
        "name does not exist",
        false,
        UNREACHABLE,
        network,
        Strike::Elsewhere(|_| {
            elsewhere(
                "https://incident.invalid".to_owned(),
                Vec::new(),
                None,
                None,
            )
        }),
    );

    let mut fine = |name, options| {
        rows.push(Row {
            name,
            strike: Strike::World(options),
            says: None,
            taken: true,
        });
    };
    fine("IPv6", || Options::default().ipv6());
    fine("the API's clock an hour ahead", || {
        Options::default().clock_skew(3600)
    });
    fine("the API's clock an hour behind", || {
        Options::default().clock_skew(-3600)
    });
    fine("no Date in answers", || Options::default().without_date());
    rows
}

fn date(format: &str, wait: u64) -> String {
    let wait = jiff::SignedDuration::from_secs(i64::try_from(wait).unwrap());
    (jiff::Timestamp::now() + wait).strftime(format).to_string()
}

fn header_429(retry_after: &str) -> Fault {
    Fault::Answer(
        Write::Lost,
        Answer::rate_limited().header("retry-after", retry_after),
    )
}

fn status(write: Write, status: u16) -> Fault {
    let body = json!({"type": "internal_error", "status": status, "errors": [{"code": "oops", "message": "Sorry."}]});
    Fault::Answer(write, Answer::json(status, &body))
}

fn elsewhere(
    endpoint: String,
    environment: Vec<(&'static str, String)>,
    sandbox: Option<Sandbox>,
    proxy: Option<Proxy>,
) -> Elsewhere {
    Elsewhere {
        endpoint,
        environment,
        _sandbox: sandbox,
        _proxy: proxy,
    }
}

/// An API that would do everything, behind TLS with this certificate.
fn encrypted(certificate: Certificate, trusted: bool, folder: &Path) -> Elsewhere {
    let sandbox = world::sandbox(Options::default().tls(certificate));
    let other = Sandbox::start(Options::default().tls(Certificate::Valid)).unwrap();
    let trusts = if trusted { &sandbox } else { &other };
    let environment = encrypted_environment(folder, trusts.ca_pem());
    elsewhere(sandbox.endpoint(), environment, Some(sandbox), None)
}

/// Variables with which these certificates are trusted, or those of nobody who is around.
fn encrypted_environment(folder: &Path, pem: Option<&str>) -> Vec<(&'static str, String)> {
    let file = folder.join("roots.pem");
    let Some(pem) = pem else { return Vec::new() };
    std::fs::write(&file, pem).unwrap();
    vec![("SSL_CERT_FILE", file.to_str().unwrap().to_owned())]
}

fn through(tunnel: Tunnel) -> Elsewhere {
    let proxy = Proxy::start(tunnel);
    let environment = vec![("HTTPS_PROXY", proxy.url())];
    elsewhere(
        "https://incident.example".to_owned(),
        environment,
        None,
        Some(proxy),
    )
}
