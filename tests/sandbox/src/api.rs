//! The API itself: a request in, an answer out, and the world changed in between.

use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{
    header::{AUTHORIZATION, Entry::Occupied},
    request::Parts,
};
use jiff::Timestamp;
use percent_encoding::percent_decode_str;

use crate::{
    answer::Answer,
    background::Jobs,
    clock::{Clock, http_date, older_date},
    envelope::{Problem, Refusal},
    fault::{Fault, Faults, Quirk},
    journal::{Entry, Journal},
    key::ApiKey,
    limit::{Exceeded, Limit, Limiter, Quota, RetryAfter},
    options::{EmptyPut, Options},
    store::{DataSource, Store},
    update::Update,
};

/// The scope that updates need, as answers to keys without it name it.
pub const UPDATE_SCOPE: &str = "telemetry_data_source.update";

/// The scope that updates needed until August 2026.
pub const OLDER_UPDATE_SCOPE: &str = "organisation_settings.update";

const COLLECTION: &str = "/v2/telemetry/data_sources/";
const IDENTITY: &str = "/v1/identity";

/// What a request that has got in asks for.
#[derive(Debug, Clone, Copy)]
enum Route<'a> {
    /// Update the data source with this id.
    Update(&'a str),
    /// Say whose the key is.
    Identity,
}

/// Which credentials the upstream tool does not accept, by full field name and value.
pub(crate) type Rejects = Box<dyn Fn(&str, &str) -> bool + Send>;

/// Everything behind the sandbox's lock.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(crate) faults: Faults,
    pub(crate) limiter: Limiter,
    jobs: Jobs,
    pub(crate) rejects: Rejects,
}

impl World {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            options,
            store: Store::default(),
            journal: Journal::default(),
            faults: Faults::default(),
            limiter: Limiter::default(),
            jobs: Jobs::default(),
            rejects: Box::new(|_, value| value.starts_with("bad")),
        }
    }

    pub(crate) fn clock(&self) -> Clock {
        Clock {
            skew: self.options.clock_skew,
        }
    }

    /// Runs the service's own jobs, as far as they are due.
    pub(crate) fn catch_up(&mut self) {
        for job in self.jobs.due(Timestamp::now()) {
            // The source may be gone, and the job with it.
            let _ = self
                .store
                .change(&job.id, |source| source.stamp_at(job.stamp));
        }
    }

    /// Writes a request down, and says what will go wrong with it. The body is `None` if
    /// it was too large to read.
    pub(crate) fn arrive(&mut self, head: Parts, body: Option<&Bytes>) -> (Entry, Option<Fault>) {
        let mut headers = head.headers;
        if let Occupied(mut values) = headers.entry(AUTHORIZATION) {
            values
                .iter_mut()
                .for_each(|value| value.set_sensitive(true));
        }
        let raw_body = body.cloned().unwrap_or_default();
        let entry = Entry {
            number: self.journal.next_number(),
            at: SystemTime::now(),
            method: head.method.to_string(),
            path: head
                .uri
                .path_and_query()
                .map_or_else(|| head.uri.path().to_owned(), ToString::to_string),
            id: data_source_id(head.uri.path(), &self.options.path_prefix),
            headers,
            body: serde_json::from_slice(&raw_body).ok(),
            raw_body,
            status: None,
            applied: false,
            identity: head
                .uri
                .path()
                .strip_prefix(self.options.path_prefix.as_str())
                == Some(IDENTITY),
        };
        self.journal.push(entry.clone());
        let fault = self.faults.pick(&entry);
        (entry, fault)
    }

    /// Answers a request as the API does, and notes in the journal whether it was applied.
    /// The status is noted by whoever sends the answer.
    pub(crate) fn handle(&mut self, request: &Entry, too_large: bool, quirk: &Quirk) -> Answer {
        self.catch_up();
        let clock = self.clock();
        let (outcome, quota) = match self.enter(request) {
            Err(refusal) => (Err(refusal), None),
            Ok((route, key)) => match self.count(route, &key) {
                Err(Exceeded { quota, wait }) => {
                    let refusal = Refusal::rate_limited(&quota, self.retry_after(wait));
                    (Err(refusal), Some(quota))
                }
                Ok(quota) => {
                    let outcome = match route {
                        Route::Update(id) => self.update(request, id, &key, too_large, quirk),
                        Route::Identity => Ok(Answer::json(200, &key.identity())),
                    };
                    (outcome, quota)
                }
            },
        };
        let request_id = request_id(request.number);
        let answer = match outcome {
            Ok(answer) => answer,
            Err(refusal) => refusal.answer(&request_id),
        };
        let answer = answer.header("x-request-id", &request_id);
        match quota {
            Some(quota) if self.options.quota_headers => quota.tell(answer, clock),
            _ => answer,
        }
    }

    /// Lets another client make this many requests at once.
    pub(crate) fn spend(&mut self, requests: u32) {
        let now = Instant::now();
        if let Some(per_minute) = self.options.shared_requests_per_minute {
            let limit = Limit {
                key: None,
                per_minute,
            };
            self.limiter.spend(limit, requests, now);
        } else if let Some(per_minute) = self.options.requests_per_minute {
            for key in &self.options.keys {
                let limit = Limit {
                    key: Some(&key.value),
                    per_minute,
                };
                self.limiter.spend(limit, requests, now);
            }
        }
    }

    /// Adds to an answer what every answer carries.
    pub(crate) fn finish(&self, answer: Answer) -> Answer {
        if self.options.date_header {
            answer.header("date", &self.clock().http_date())
        } else {
            answer
        }
    }

    /// What is asked for, and who is asking.
    fn enter<'a>(&self, request: &'a Entry) -> Result<(Route<'a>, ApiKey), Refusal> {
        let (route, allowed) = match &request.id {
            Some(id) => (Route::Update(id), "PUT"),
            None if request.identity => (Route::Identity, "GET"),
            None => return Err(Refusal::not_found("There is nothing at this path.")),
        };
        if request.method != allowed {
            return Err(Refusal::method_not_allowed(allowed));
        }
        let Some(token) = request.bearer() else {
            return Err(Refusal::unauthenticated(Problem::new(
                "missing_authorization_material",
                "The request carries no API key.",
            )));
        };
        let Some(key) = self.options.keys.iter().find(|key| key.value == token) else {
            return Err(Refusal::unauthenticated(Problem::new(
                "invalid_api_key",
                "This API key is not valid.",
            )));
        };
        Ok((route, key.clone()))
    }

    /// Counts a request against the limits that it is under: keys share one for updates.
    fn count(&mut self, route: Route<'_>, key: &ApiKey) -> Result<Option<Quota>, Exceeded> {
        let own = self.options.requests_per_minute.map(|per_minute| Limit {
            key: Some(&key.value),
            per_minute,
        });
        let shared = match route {
            Route::Update(_) => self.options.shared_requests_per_minute,
            Route::Identity => None,
        };
        let shared = shared.map(|per_minute| Limit {
            key: None,
            per_minute,
        });
        let limits: Vec<Limit<'_>> = own.into_iter().chain(shared).collect();
        self.limiter.other_client = self.options.other_client;
        self.limiter.take(&limits, Instant::now())
    }

    /// How a 429 says to wait this long: in its header, and in its body.
    fn retry_after(&self, wait: Duration) -> Option<(String, String)> {
        let due = self.clock().whole_second_after(wait);
        match self.options.retry_after {
            RetryAfter::Seconds => {
                let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
                Some((whole.to_string(), due.to_string()))
            }
            RetryAfter::Date => Some((http_date(due), older_date(due))),
            RetryAfter::Untold => None,
        }
    }

    fn update(
        &mut self,
        request: &Entry,
        id: &str,
        key: &ApiKey,
        too_large: bool,
        quirk: &Quirk,
    ) -> Result<Answer, Refusal> {
        if !key.may_update {
            let scope = self.options.update_scope.as_deref();
            return Err(Refusal::missing_scope(scope));
        }
        if too_large {
            return Err(Refusal::too_large());
        }
        if !request.content_type().is_some_and(is_json) {
            return Err(Refusal::not_json());
        }
        let Some(body) = &request.body else {
            return Err(Refusal::undecodable("The body is not valid JSON."));
        };
        let theirs = |source: &&DataSource| source.organisation == key.organisation;
        let Some(source) = self.store.get(id).filter(theirs) else {
            return Err(Refusal::not_found("The data source could not be found."));
        };
        let update =
            Update::parse(body, &source.provider, &self.rejects).map_err(Refusal::invalid)?;
        let empty_put = quirk.empty_put.unwrap_or(self.options.empty_put);
        let stamped = match empty_put {
            _ if !update.is_empty() => true,
            EmptyPut::Stamps => true,
            EmptyPut::Keeps => false,
            EmptyPut::Refuses => {
                let message = "An update must change something.";
                let problem = Problem::new("is_required", message);
                return Err(Refusal::invalid(vec![problem]));
            }
        };
        let mut times = self.options.read_times;
        if stamped {
            let clock = self.clock();
            if !update.is_empty() {
                self.jobs.written(id, self.options.touch, clock);
                self.journal.settle(request.number, None, true);
            }
            // It was there just now.
            let _ = self.store.change(id, |source| source.apply(update, clock));
            times = self.options.write_times;
        }
        let row = if quirk.stale {
            self.store.earlier(id)
        } else {
            self.store.get(id)
        };
        let mut body = row
            .map(|row| row.to_json(times, self.options.names))
            .unwrap_or_default();
        self.options.edit.apply(&mut body);
        quirk.edit.apply(&mut body);
        Ok(Answer::json(200, &body))
    }
}

/// The id of a request, in the shape of a UUID and counting like the journal.
pub(crate) fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// The decoded last segment of a data source's path.
fn data_source_id(path: &str, prefix: &str) -> Option<String> {
    let segment = path.strip_prefix(prefix)?.strip_prefix(COLLECTION)?;
    if segment.is_empty() || segment.contains('/') {
        return None;
    }
    let id = percent_decode_str(segment).decode_utf8().ok()?;
    Some(id.into_owned())
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_from_one_segment() {
        let cases = [
            ("/v2/telemetry/data_sources/01G", "", Some("01G")),
            ("/v2/telemetry/data_sources/a%2Fb%20c", "", Some("a/b c")),
            ("/gw/v2/telemetry/data_sources/x", "/gw", Some("x")),
            ("/v2/telemetry/data_sources/x", "/gw", None),
            ("/v2/telemetry/data_sources/a/b", "", None),
            ("/v2/telemetry/data_sources/", "", None),
            ("/v2/telemetry/data_sources/%FF", "", None),
            ("/v1/incidents", "", None),
        ];
        for (path, prefix, id) in cases {
            assert_eq!(data_source_id(path, prefix).as_deref(), id, "{path}");
        }
    }
}
