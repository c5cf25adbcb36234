//! Things that go wrong, and when.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use crate::{answer::Answer, edit::Edit, journal::Entry, options::EmptyPut, update};

/// What becomes of the request's write when something goes wrong around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// It never gets to the API.
    Lost,
    /// The API takes it first, if it is valid.
    Taken,
}

/// How a secret is spelled where a message repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escape {
    /// As it is.
    Plain,
    /// As inside a JSON string, with `<`, `>` and `&` as `\u00..`, as Go writes them.
    /// The message is itself JSON, so on the wire the backslashes are doubled.
    Json,
    /// Percent-encoded, everything but letters and digits.
    Url,
}

impl Escape {
    fn apply(self, secret: &str) -> String {
        match self {
            Self::Plain => secret.to_owned(),
            Self::Json => {
                let quoted = Value::from(secret).to_string();
                quoted
                    .get(1..quoted.len() - 1)
                    .unwrap_or_default()
                    .replace('<', "\\u003c")
                    .replace('>', "\\u003e")
                    .replace('&', "\\u0026")
            }
            Self::Url => {
                percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC)
                    .to_string()
            }
        }
    }
}

/// One thing that goes wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// The connection is reset before the write is taken; all other connections close, and
    /// new ones are refused for this long.
    Refuse {
        /// How long nobody gets in.
        lasting: Duration,
    },
    /// The connection is reset, without an answer.
    Reset(Write),
    /// The connection is closed in order, without an answer.
    Close(Write),
    /// No answer for this long (or until the client has had enough), then a reset.
    Hang(Write, Duration),
    /// The write is taken; the answer's head and half its body are sent, then the connection
    /// closes.
    HalfAnswer,
    /// The write is taken; the answer comes a byte at a time.
    Drip {
        /// Between two bytes.
        pause: Duration,
    },
    /// The write is taken; the answer claims more body than it has, and the connection closes.
    LengthTooLong,
    /// The write is taken; the answer claims half the body it has.
    LengthTooShort,
    /// This answer in place of the API's.
    Answer(Write, Answer),
    /// These bytes in place of an HTTP answer, then the connection closes.
    Garbage(Write, Bytes),
    /// A 422 whose message repeats every secret of the request; where it has none, the
    /// API key itself. The write is not taken.
    Echo(Escape),
    /// All is well, but the answer's data source is changed.
    Edit(Edit),
    /// All is well, but the answer has the data source as it was before its last stamp, as a
    /// replica does that lags behind. A write is answered as if it had not been taken.
    Stale,
    /// All is well, but an empty update does this.
    EmptyPut(EmptyPut),
    /// All is well, but the request waits this long before the write is taken. A
    /// client that leaves meanwhile takes its write along.
    SlowToTake(Duration),
    /// All is well, but after the write was taken the answer waits this long.
    SlowToAnswer(Duration),
}

/// How the API answers this once, in ways that need no answer to be made by hand.
#[derive(Debug, Default)]
pub(crate) struct Quirk {
    pub(crate) edit: Edit,
    pub(crate) stale: bool,
    pub(crate) empty_put: Option<EmptyPut>,
}

/// Whether a rule concerns a request.
type Filter = Arc<dyn Fn(&Entry) -> bool + Send + Sync>;

/// Which requests a fault strikes: every filter must hold, then some are let pass, then
/// the fault strikes a number of times.
///
/// Whose the key is may be asked in between, once in a process. So that counting does not
/// depend on it, `GET /v1/identity` is struck by [`When::always`] and [`When::identities`] only.
#[derive(Clone)]
pub struct When {
    identities: Identities,
    filters: Vec<Filter>,
    skip: u64,
    times: u64,
}

/// What a rule has to do with requests that ask whose the key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Identities {
    Spared,
    Struck,
    StruckAlone,
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When")
            .field("identities", &self.identities)
            .field("filters", &self.filters.len())
            .field("skip", &self.skip)
            .field("times", &self.times)
            .finish()
    }
}

impl When {
    /// The next request. Faults put in one after another this way form a queue.
    pub fn next() -> Self {
        Self::nth(1)
    }

    /// The `n`th request from now, counting from 1 those that the filters let through.
    pub fn nth(n: u64) -> Self {
        Self {
            identities: Identities::Spared,
            filters: Vec::new(),
            skip: n.saturating_sub(1),
            times: 1,
        }
    }

    /// Every request, also one that asks whose the key is.
    pub fn always() -> Self {
        Self {
            identities: Identities::Struck,
            ..Self::next().times(u64::MAX)
        }
    }

    /// Only requests that ask whose the key is.
    #[must_use]
    pub fn identities(mut self) -> Self {
        self.identities = Identities::StruckAlone;
        self
    }

    /// Only empty updates.
    #[must_use]
    pub fn reads(self) -> Self {
        self.matching(Entry::is_read)
    }

    /// Only updates that carry something.
    #[must_use]
    pub fn writes(self) -> Self {
        self.matching(Entry::is_write)
    }

    /// Only requests about this data source.
    #[must_use]
    pub fn on(self, id: &str) -> Self {
        let id = id.to_owned();
        self.matching(move |entry| entry.id.as_deref() == Some(&id))
    }

    /// Only requests for which this holds. It must not call the sandbox.
    #[must_use]
    pub fn matching(mut self, filter: impl Fn(&Entry) -> bool + Send + Sync + 'static) -> Self {
        self.filters.push(Arc::new(filter));
        self
    }

    fn concerns(&self, request: &Entry) -> bool {
        let kind = match self.identities {
            Identities::Spared => !request.is_identity(),
            Identities::Struck => true,
            Identities::StruckAlone => request.is_identity(),
        };
        kind && self.filters.iter().all(|holds| holds(request))
    }

    /// Strikes this often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }
}

/// The faults waiting to strike.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    rules: Vec<Rule>,
}

#[derive(Debug)]
struct Rule {
    fault: Fault,
    when: When,
    seen: u64,
    struck: u64,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault, when: When) {
        self.rules.push(Rule {
            fault,
            when,
            seen: 0,
            struck: 0,
        });
    }

    pub(crate) fn clear(&mut self) {
        self.rules.clear();
    }

    /// How many rules can still strike.
    pub(crate) fn pending(&self) -> usize {
        self.rules.len()
    }

    /// The fault that strikes this request: the first rule that is due. All rules that
    /// concern the request count it, the others too.
    pub(crate) fn pick(&mut self, request: &Entry) -> Option<Fault> {
        let mut picked = None;
        for rule in &mut self.rules {
            if !rule.when.concerns(request) {
                continue;
            }
            rule.seen = rule.seen.saturating_add(1);
            if picked.is_none() && rule.seen > rule.when.skip && rule.struck < rule.when.times {
                rule.struck += 1;
                picked = Some(rule.fault.clone());
            }
        }
        self.rules.retain(|rule| rule.struck < rule.when.times);
        picked
    }
}

/// The 422 that repeats a request's secrets.
pub(crate) fn echo(request: &Entry, escape: Escape) -> Answer {
    let sent = request.body.as_ref().map(update::secrets);
    let mut secrets: Vec<(Option<&str>, String)> = sent
        .unwrap_or_default()
        .into_iter()
        .map(|(field, secret)| (Some(field), secret))
        .collect();
    if secrets.is_empty() {
        secrets.extend(request.bearer().map(|token| (None, token.to_owned())));
    }
    let errors: Vec<Value> = secrets
        .iter()
        .map(|(field, secret)| {
            let spelled = escape.apply(secret);
            let message = format!("The upstream answered 401 to key={spelled}; check it.");
            let mut error = serde_json::json!({"code": "invalid_credentials", "message": message});
            if let Some(field) = field {
                error["source"] = serde_json::json!({"field": field});
            }
            error
        })
        .collect();
    Answer::json(
        422,
        &serde_json::json!({
            "type": "validation_error",
            "status": 422,
            "request_id": crate::api::request_id(request.number),
            "errors": errors,
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes() {
        let secret = "a\"&/é";
        assert_eq!(Escape::Plain.apply(secret), secret);
        assert_eq!(Escape::Json.apply(secret), "a\\\"\\u0026/é");
        assert_eq!(Escape::Url.apply(secret), "a%22%26%2F%C3%A9");
        assert_eq!(Escape::Json.apply("\"\""), "\\\"\\\"");
    }
}
