//! Sends requests: through the shared limits, with a time limit, again if that helps, and with a
//! log that tells when and how long but never what.

use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, header};
use jiff::Timestamp;
use reqwest::{Method, redirect, retry as protocol_retry};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::OnceCell;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, info};

use super::answer::{self, Answer, Ending, FromJson, LARGEST_BODY};
use super::endpoint::Endpoint;
use super::error::{ClientError, GaveUp, StatusError};
use super::headers::{authorization, check_key, content, user_agent};
use super::limits::{Limits, Pass, PausedTooLong, Standing, millis};
use super::network;
use super::network::failure::{self, Way};
use super::retry::{self, LEAST_TIME, Outcome, RetryPolicy, Verdict};
use super::scrub::Scrubber;
use super::secret::Secret;
use super::settings::ClientSettings;
use super::text;
use super::window::AnswerWindow;

/// The longest that connecting may take, and at most half of what an attempt has. Where nobody
/// answers, that is how it is told from an answer that is late: nothing was sent.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// What every request goes through.
#[derive(Debug)]
pub(super) struct Transport {
    endpoint: Endpoint,
    pub(super) api_key: Secret,
    user_agent: HeaderValue,
    request_timeout: Duration,
    pub(super) policy: RetryPolicy,
    limits: Limits,
    /// The first 401. The key will not be accepted the next time either.
    refusal: OnceLock<StatusError>,
    /// Made for the first request: it reads the certificate store and the proxy variables.
    http: OnceCell<Http>,
}

/// One operation of the API.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: Method,
    /// From the endpoint on, percent-encoded.
    pub(super) path: String,
    /// JSON.
    pub(super) body: Bytes,
    /// What of the body must not come back in a message.
    pub(super) secrets: Vec<Secret>,
    pub(super) errand: Errand,
}

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    /// It changes nothing.
    Read,
    /// It changes something, and so is not abandoned in flight.
    Write,
    /// It asks about the key after a refusal: in one attempt, and also with a key that was refused.
    Aside,
}

#[derive(Debug)]
struct Http {
    client: reqwest::Client,
    /// The variable that names the proxy, if one leads to the API.
    proxy: Option<&'static str>,
    authorization: HeaderValue,
}

impl Transport {
    /// # Errors
    /// [`ClientError::InvalidCredential`].
    pub(super) fn new(settings: ClientSettings) -> Result<Self, ClientError> {
        check_key(settings.api_key.expose()).map_err(ClientError::InvalidCredential)?;
        Ok(Self {
            user_agent: user_agent(&settings.user_agent),
            policy: RetryPolicy::new(settings.max_retries, settings.retry_timeout),
            limits: Limits::new(
                settings.max_concurrent_requests,
                settings.requests_per_minute,
            ),
            refusal: OnceLock::new(),
            http: OnceCell::new(),
            endpoint: settings.endpoint,
            api_key: settings.api_key,
            request_timeout: settings.request_timeout,
        })
    }

    /// Sends `request` until it succeeds, fails for good, runs out of attempts or time, or is
    /// stopped.
    pub(super) async fn send<T: FromJson>(
        &self,
        request: &Request,
        stop: &CancellationToken,
    ) -> Result<(T, AnswerWindow), ClientError> {
        let scrubber = Scrubber::new(request.secrets.iter().chain([&self.api_key]).cloned());
        let mut begun: Option<Instant> = None;
        let mut last: Option<ClientError> = None;
        let mut counted = 0_u32;
        // Before queueing already, as others may be in front with a request that hangs.
        if let Some(refusal) = self.known_refusal(request.errand) {
            return Err(refusal);
        }
        for attempt in 1.. {
            let pass = tokio::select! {
                biased;
                () = stop.cancelled() => return Err(stopped(last)),
                entered = self.enter(begun) => match entered {
                    Ok(pass) => pass,
                    Err(refused) => return Err(refused.into_error(attempt - 1, begun, last)),
                },
            };
            if let Some(refusal) = self.known_refusal(request.errand) {
                return Err(carry_doubt(refusal, last.as_ref()));
            }
            let begun = *begun.get_or_insert_with(Instant::now);
            let result = tokio::select! {
                biased;
                () = stop.cancelled(), if request.errand != Errand::Write => {
                    return Err(stopped(last));
                }
                result = self.attempt(request, begun, attempt, &pass, &scrubber) => result,
            };
            drop(pass);
            let error = match result {
                Ok(read) => return Ok(read),
                Err(error) => carry_doubt(error, last.as_ref()),
            };
            if request.errand == Errand::Aside {
                return Err(error);
            }
            self.remember_refusal(&error);
            let outcome = retry::outcome(&error);
            if !matches!(outcome, Outcome::Limited { .. }) {
                counted = counted.saturating_add(1);
            }
            let verdict = self
                .policy
                .decide(counted, outcome, begun.elapsed(), chance());
            self.pause_everyone(&error, outcome, verdict);
            let wait = match verdict {
                Verdict::Wait(wait) => wait,
                Verdict::Fail => return Err(error),
                Verdict::GiveUp(cause) => return Err(exhausted(attempt, begun, cause, error)),
            };
            let told = matches!(
                outcome,
                Outcome::Passing { told: Some(_) } | Outcome::Limited { .. }
            );
            info!(
                method = %request.method,
                path = request.path,
                attempt,
                wait_ms = millis(wait),
                reason = error.brief(),
                "trying again in {}{}: {}",
                text::duration(wait), if told { ", as the API asks" } else { "" }, error.brief(),
            );
            last = Some(error);
            tokio::select! {
                biased;
                () = stop.cancelled() => return Err(stopped(last)),
                () = sleep(wait) => {}
            }
        }
        // Not reached: the policy ends before the attempts cannot be counted.
        Err(stopped(last))
    }

    /// Waits for the shared limits. Only what follows a first attempt counts as time spent on it.
    async fn enter(&self, begun: Option<Instant>) -> Result<Pass<'_>, Refused> {
        let left = self.time_left(begun);
        let spread = self.policy.spread(chance());
        let entered = if begun.is_none() {
            self.limits.enter(left, spread).await
        } else {
            let left = left.checked_sub(LEAST_TIME).ok_or(Refused::NoTime)?;
            let entering = timeout(left, self.limits.enter(left, spread));
            entering.await.map_err(|_| Refused::NoTime)?
        };
        entered.map_err(Refused::Paused)
    }

    /// One attempt, with its log line.
    async fn attempt<T: FromJson>(
        &self,
        request: &Request,
        begun: Instant,
        attempt: u32,
        pass: &Pass<'_>,
        scrubber: &Scrubber,
    ) -> Result<(T, AnswerWindow), ClientError> {
        let start = Instant::now();
        let after = self.request_timeout.min(self.time_left(Some(begun)));
        let answer = match timeout(after, self.exchange(request, scrubber)).await {
            Ok(answer) => answer,
            Err(_) => Err(ClientError::Timeout { after }),
        };
        // Limits differ from endpoint to endpoint; those of a question aside are of no interest.
        if let (Ok(answer), true) = (&answer, request.errand != Errand::Aside)
            && let Some(standing) = Standing::read(&answer.headers)
        {
            pass.learn(standing);
        }
        let status = answer.as_ref().ok().map(|answer| answer.status);
        let result = answer.and_then(|answer| answer::read(answer, &self.endpoint, scrubber));
        debug!(
            method = %request.method,
            path = request.path,
            status,
            attempt,
            duration_ms = millis(start.elapsed()),
            error = result.as_ref().err().map(ClientError::brief),
            "API request",
        );
        result
    }

    /// Sends the request once and reads the answer, whatever it is.
    async fn exchange(
        &self,
        request: &Request,
        scrubber: &Scrubber,
    ) -> Result<Answer, ClientError> {
        let http = self.http.get_or_try_init(async || self.connect()).await?;
        let way = Way {
            host: self.endpoint.host(),
            proxy: http.proxy,
            connect_timeout: self.connect_timeout(),
        };
        let lost = |error| ClientError::from(failure::connection(error, &way, scrubber));
        let start = Instant::now();
        let mut response = http
            .client
            .request(request.method.clone(), self.endpoint.join(&request.path))
            .header(header::AUTHORIZATION, http.authorization.clone())
            .header(header::ACCEPT, "application/json")
            .headers(content(&request.body))
            .body(request.body.clone())
            .send()
            .await
            .map_err(lost)?;
        let (received, elapsed) = (Timestamp::now(), start.elapsed());

        let mut body = answer::room_for(response.content_length());
        let ending = loop {
            match response.chunk().await {
                Ok(None) => break Ending::Complete,
                Ok(Some(chunk)) => {
                    let room = LARGEST_BODY - body.len();
                    answer::append(&mut body, &chunk[..chunk.len().min(room)]);
                    if chunk.len() > room {
                        break Ending::TooLarge;
                    }
                }
                Err(error) => break Ending::Lost(lost(error)),
            }
        };
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        Ok(Answer {
            status,
            headers,
            body,
            ending,
            received,
            elapsed,
        })
    }

    fn connect(&self) -> Result<Http, ClientError> {
        let (builder, proxy) = network::builder(&self.endpoint)?;
        let builder = builder
            .tcp_nodelay(true)
            .connect_timeout(self.connect_timeout())
            // All requests share one connection of HTTP/2. One that died without a word is found
            // out within an attempt, so that the next has another.
            .http2_keep_alive_interval(self.connect_timeout())
            .http2_keep_alive_timeout(self.connect_timeout() / 2)
            .user_agent(self.user_agent.clone())
            // A redirect would be given the key.
            .redirect(redirect::Policy::none())
            // Retries are ours, so that the log and the limits know of them.
            .retry(protocol_retry::never());
        let client = builder
            .build()
            .map_err(|error| failure::setup(error, self.endpoint.host()))?;
        Ok(Http {
            client,
            proxy,
            authorization: authorization(&self.api_key)?,
        })
    }

    fn connect_timeout(&self) -> Duration {
        LONGEST_CONNECT.min(self.request_timeout / 2)
    }

    fn remember_refusal(&self, error: &ClientError) {
        if let (true, ClientError::Status(status)) = (error.is_unauthorized(), error) {
            self.refusal.get_or_init(|| StatusError::clone(status));
        }
    }

    /// The error of the request that found the key to be refused, marked as told before.
    fn known_refusal(&self, errand: Errand) -> Option<ClientError> {
        let first = self.refusal.get().filter(|_| errand != Errand::Aside)?;
        let again = StatusError {
            repeated: true,
            in_doubt: false,
            ..first.clone()
        };
        Some(Box::new(again).into())
    }

    /// A 429 is meant for all of us.
    fn pause_everyone(&self, error: &ClientError, outcome: Outcome, verdict: Verdict) {
        let ClientError::Status(error) = error else {
            return;
        };
        if error.status != 429 {
            return;
        }
        match (outcome, verdict) {
            (Outcome::Limited { wait } | Outcome::Passing { told: Some(wait) }, _)
            | (_, Verdict::Wait(wait)) => {
                self.limits.pause(wait, error);
            }
            _ => {}
        }
    }

    fn time_left(&self, begun: Option<Instant>) -> Duration {
        let spent = begun.map(|begun| begun.elapsed()).unwrap_or_default();
        self.policy.retry_timeout.saturating_sub(spent)
    }
}

/// Why an attempt was not made.
enum Refused {
    /// The API has asked everyone to wait.
    Paused(PausedTooLong),
    /// The time for this request ran out in the queue, but for less than an attempt needs.
    NoTime,
}

impl Refused {
    fn into_error(
        self,
        attempts: u32,
        begun: Option<Instant>,
        last: Option<ClientError>,
    ) -> ClientError {
        let in_doubt = last.as_ref().is_some_and(ClientError::leaves_in_doubt);
        let spent = begun.map(|begun| begun.elapsed()).unwrap_or_default();
        let (cause, last) = match (self, last) {
            (Self::Paused(paused), _) => (
                GaveUp::WaitTooLong(paused.wait),
                Box::new(paused.reason).into(),
            ),
            (Self::NoTime, Some(last)) => (GaveUp::RetryTimeout, last),
            // Only what has begun, and so failed before, has a time limit in the queue.
            (Self::NoTime, None) => (GaveUp::RetryTimeout, ClientError::Timeout { after: spent }),
        };
        ClientError::RetriesExhausted {
            attempts,
            spent,
            cause,
            in_doubt,
            last: Box::new(last),
        }
    }
}

fn exhausted(attempts: u32, begun: Instant, cause: GaveUp, last: ClientError) -> ClientError {
    ClientError::RetriesExhausted {
        attempts,
        spent: begun.elapsed(),
        cause,
        in_doubt: last.leaves_in_doubt(),
        last: Box::new(last),
    }
}

fn stopped(last: Option<ClientError>) -> ClientError {
    ClientError::Stopped {
        in_doubt: last.as_ref().is_some_and(ClientError::leaves_in_doubt),
        last: last.map(Box::new),
    }
}

/// `error`, in doubt if the attempt before it was.
fn carry_doubt(error: ClientError, last: Option<&ClientError>) -> ClientError {
    if last.is_some_and(ClientError::leaves_in_doubt) {
        error.in_doubt()
    } else {
        error
    }
}

/// A random number from 0 to 1. Nothing depends on its quality.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    match SystemRandom::new().fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX),
        Err(_) => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn nobody_enters_without_time_for_an_attempt() {
        let settings = ClientSettings {
            retry_timeout: Duration::from_secs(10),
            max_concurrent_requests: 1,
            ..ClientSettings::new(Secret::new("key".to_owned()))
        };
        let transport = Transport::new(settings).unwrap();
        let begun = Some(Instant::now());
        let pass = transport.enter(None).await.ok();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert!(matches!(transport.enter(begun).await, Err(Refused::NoTime)));
        let left = transport.time_left(begun);
        assert!((LEAST_TIME / 2..=LEAST_TIME).contains(&left), "{left:?}");
        drop(pass);
        tokio::time::advance(Duration::from_millis(10)).await;
        assert!(matches!(transport.enter(begun).await, Err(Refused::NoTime)));
        assert!(transport.enter(None).await.is_ok(), "a first attempt");
    }

    #[test]
    fn chances_are_from_0_to_1() {
        for _ in 0..1000 {
            assert!((0.0..=1.0).contains(&chance()));
        }
    }
}
