//! What holds for anything that a server may answer.

use std::time::Duration;

#[cfg(fuzzing)]
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
#[cfg(fuzzing)]
use zeroize::Zeroizing;

#[cfg(fuzzing)]
use super::answer::Ending;
use super::answer::{self, Answer, FromJson as _};
#[cfg(fuzzing)]
use super::error::ClientError;
use super::retry::{self, Outcome, RetryPolicy, Verdict};
use super::scrub::Scrubber;
use super::telemetry::DataSourceId;
use super::window::AnswerWindow;
use super::{DataSource, Endpoint, Identity, Secret, dates};

/// How long a request may be tried in these tests.
const RETRY_TIMEOUT: Duration = Duration::from_mins(5);

/// A secret that was sent, as it is, as JSON and URLs escape it, and as the most cautious encoder
/// of each would.
pub(super) struct Sent([String; 5]);

impl Sent {
    pub(super) fn new(secret: &str) -> Self {
        let json = serde_json::to_string(secret).unwrap_or_default();
        let mut cautious = [String::new(), String::new()];
        for unit in secret.encode_utf16() {
            cautious[0].push_str(r"\u");
            hexadecimal(unit.into(), 4, &mut cautious[0]);
        }
        for byte in secret.bytes() {
            cautious[1].push('%');
            hexadecimal(byte.into(), 2, &mut cautious[1]);
        }
        let url = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC);
        let [cautious_json, cautious_url] = cautious;
        Self([
            secret.to_owned(),
            json[1..json.len() - 1].to_owned(),
            url.to_string(),
            cautious_json,
            cautious_url,
        ])
    }

    fn plain(&self) -> &str {
        &self.0[0]
    }
}

fn hexadecimal(number: u32, digits: u32, out: &mut String) {
    for digit in (0..digits).rev() {
        out.extend(char::from_digit((number >> (4 * digit)) & 15, 16));
    }
}

/// An answer is understood or comes to an error, which shows nothing that was sent, nothing that
/// steers a terminal, and no more than fits on a screen or two.
pub(super) fn any_answer(answer: Answer, sent: &[&Sent], chance: f64) {
    let secrets = sent.iter().map(|sent| Secret::new(sent.plain().to_owned()));
    let scrubber = Scrubber::new(secrets);
    if let Ok(json) = serde_json::from_slice(&answer.body)
        && let Ok(identity) = Identity::from_json(&json)
    {
        let identity = identity.fit_to_show(&scrubber);
        let texts = identity.name.iter().chain(&identity.dashboard_url);
        for text in texts.chain(&identity.roles) {
            is_fit_to_show(text, sent);
        }
    }
    let status = answer.status;
    let Err(error) = answer::read::<DataSource>(answer, &Endpoint::default(), &scrubber) else {
        return assert!((200..300).contains(&status));
    };
    let text = error.to_string();
    is_fit_to_show(&text, sent);
    assert!(text.len() < 90_000, "{} bytes", text.len());
    is_fit_to_show(&error.brief(), sent);
    assert!(error.fields().count() <= 20);
    for (field, message) in error.fields() {
        is_fit_to_show(field, sent);
        is_fit_to_show(message, sent);
    }
    let debug = format!("{error:?}");
    for secret in sent.iter().map(|sent| sent.plain()) {
        // What Debug escapes may look like a secret that it is not.
        let is_plain = secret
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        assert!(!is_plain || !debug.contains(secret), "{debug}");
    }
    waits_are_bounded(retry::outcome(&error), chance);
    let _ = error.leaves_in_doubt();
}

fn is_fit_to_show(text: &str, sent: &[&Sent]) {
    for spelled in sent.iter().flat_map(|sent| &sent.0) {
        assert!(!text.contains(spelled), "{text:?} shows {spelled:?}");
    }
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// A wait ends before the time for the request does.
fn waits_are_bounded(outcome: Outcome, chance: f64) {
    let policy = RetryPolicy::new(4, RETRY_TIMEOUT);
    for (attempt, elapsed) in [(1, 0), (4, 0), (4, 299), (5, 299), (9, 301)] {
        let elapsed = Duration::from_secs(elapsed);
        if let Verdict::Wait(wait) = policy.decide(attempt, outcome, elapsed, chance) {
            assert!(wait <= RETRY_TIMEOUT.saturating_sub(elapsed), "{wait:?}");
        }
    }
}

/// A text is a moment or none. A wait that it asks for is one even if our clock is far off, and not
/// too long for the policy.
pub(super) fn any_date(text: &str, now: Timestamp, chance: f64) {
    for now in [now, Timestamp::MIN, Timestamp::MAX] {
        let wait = dates::retry_after(text, now);
        if let Some(date) = dates::date(text) {
            let expected = Duration::try_from(date.duration_since(now)).unwrap_or_default();
            assert_eq!(wait, Some(expected), "{text}");
        }
        if let Some(wait) = wait {
            waits_are_bounded(Outcome::Limited { wait }, chance);
            waits_are_bounded(Outcome::Passing { told: Some(wait) }, chance);
        }
    }
    if let Some(date) = dates::date(text) {
        let window = AnswerWindow::of_answer(Some(date), now, Duration::MAX);
        assert!(window.contains(date), "{text}");
    }
}

/// An address is one that a key may be sent to, or an error that does not quote the password in it.
pub(super) fn any_endpoint(text: &str) {
    match Endpoint::parse(text) {
        Ok(endpoint) => {
            let url = endpoint.join("/v2/x");
            assert!(
                url.starts_with("https://") || url.starts_with("http://"),
                "{url}"
            );
            let authority = url.split('/').nth(2).unwrap_or_default();
            assert!(!authority.contains('@') && !authority.is_empty(), "{url}");
            assert!(!url.contains(['?', '#']), "{url}");
            assert!(endpoint.is_encrypted() || endpoint.is_loopback(), "{url}");
            let again = Endpoint::parse(&endpoint.to_string());
            assert_eq!(again.as_ref(), Ok(&endpoint));
        }
        Err(error) => assert!(!error.to_string().contains("hunter22")),
    }
}

/// An id is one segment of the path, whatever is in it.
pub(super) fn any_id(text: &str) {
    let Ok(id) = DataSourceId::parse(text) else {
        return;
    };
    let url = Endpoint::default().join(&id.path());
    let Ok(parsed) = reqwest::Url::parse(&url) else {
        panic!("{url} is no URL");
    };
    assert_eq!(parsed.as_str(), url);
    let segments: Vec<_> = parsed.path_segments().into_iter().flatten().collect();
    assert_eq!(segments.len(), 4, "{url}");
    assert_eq!(segments[..3], ["v2", "telemetry", "data_sources"]);
    let decoded = percent_encoding::percent_decode_str(segments[3]).decode_utf8();
    assert_eq!(decoded.ok().as_deref(), Some(text));
}

/// See `crate::fuzzing::answer`.
#[cfg(fuzzing)]
pub(crate) fn answer(data: &[u8]) {
    let Some((first, rest)) = line(data) else {
        return;
    };
    let Some((secret, mut rest)) = line(rest) else {
        return;
    };
    // With marks at both ends, as our own texts may hold any word.
    let secret = String::from_utf8_lossy(&secret[..secret.len().min(32)]);
    let first_sent = Sent::new(&format!("Zq{secret}Kx"));
    let sent = [&first_sent, &*TOKEN];
    let first = String::from_utf8_lossy(first);
    let (status, ending) = first.split_once(' ').unwrap_or((&first, ""));
    let ending = match ending {
        "large" => Ending::TooLarge,
        "lost" => Ending::Lost(ClientError::Timeout {
            after: Duration::from_secs(30),
        }),
        _ => Ending::Complete,
    };
    let mut headers = HeaderMap::new();
    while let Some((header, after)) = line(rest) {
        rest = after;
        if header.is_empty() {
            break;
        }
        let header = spelled_out(header, sent);
        if let Some(colon) = header.iter().position(|byte| *byte == b':')
            && let Ok(name) = HeaderName::from_bytes(&header[..colon])
            && let Ok(value) = HeaderValue::from_bytes(header[colon + 1..].trim_ascii())
        {
            headers.append(name, value);
        }
    }
    let answer = Answer {
        status: status.parse().unwrap_or(422),
        headers,
        body: Zeroizing::new(spelled_out(rest, sent)),
        ending,
        received: Timestamp::UNIX_EPOCH,
        elapsed: Duration::from_secs(1),
    };
    any_answer(answer, &sent, 0.5);
}

/// See `crate::fuzzing::headers`.
#[cfg(fuzzing)]
pub(crate) fn headers(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let mut steps = Vec::new();
    // Dates take most of the time, and do not depend on one another.
    let mut dates = 4;
    for line in text.lines().take(24) {
        let mut fields = line.split('|');
        let mut field = || fields.next().unwrap_or_default();
        let after = field().parse::<u32>().unwrap_or_default();
        let limits = [field(), field()];
        for chance in [f64::from(after % 101) / 100.0, 1.0] {
            let text = field();
            if dates > 0 && !text.is_empty() {
                dates -= 1;
                any_date(text, Timestamp::UNIX_EPOCH, chance);
            }
        }
        let names = ["x-ratelimit-limit", "x-ratelimit-remaining"].map(HeaderName::from_static);
        let fields = names.into_iter().zip(limits);
        let fields = fields.filter_map(|(name, value)| Some((name, value.parse().ok()?)));
        steps.push((Duration::from_millis(after.into()), fields.collect()));
    }
    super::limits::fuzzing::any_limits(&steps);
}

/// See `crate::fuzzing::endpoint`.
#[cfg(fuzzing)]
pub(crate) fn endpoint(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (address, id) = text.split_once('\n').unwrap_or((&text, ""));
    any_endpoint(address);
    any_id(id);
}

#[cfg(fuzzing)]
static TOKEN: std::sync::LazyLock<Sent> = std::sync::LazyLock::new(|| Sent::new("glsa_\"<abc>/+é"));

#[cfg(fuzzing)]
fn line(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((&data[..end], &data[end + 1..]))
}

/// `data` with spellings of the secrets in place of the bytes 1 to 8 (all of the first, and escaped
/// ones of the second) and 11.
#[cfg(fuzzing)]
fn spelled_out(data: &[u8], [first, second]: [&Sent; 2]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len());
    for &byte in data {
        match byte {
            1..=5 => out.extend_from_slice(first.0[usize::from(byte) - 1].as_bytes()),
            6..=8 => out.extend_from_slice(second.0[usize::from(byte) - 5].as_bytes()),
            // What becomes the first once it stands on a line.
            11 => out.extend_from_slice(first.plain().replace(' ', "\\n \\t").as_bytes()),
            _ => out.push(byte),
        }
    }
    out
}
