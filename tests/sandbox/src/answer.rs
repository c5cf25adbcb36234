//! An answer, and its two ways onto the wire: through hyper, or as plain bytes.

use std::{
    convert::Infallible,
    fmt::Write as _,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper::body::{Body, Frame, SizeHint};
use serde_json::Value;

use crate::envelope::{Problem, envelope, kind};

/// A whole HTTP answer, for the API itself and for tests that put words in its mouth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Bytes,
    /// Bytes of `a` that follow the body, so that huge answers cost no memory.
    padding: u64,
    /// Leave `Content-Length` out.
    chunked: bool,
}

impl Answer {
    /// An answer with no body. A status outside 200–999 becomes 500.
    pub fn status(status: u16) -> Self {
        Self {
            status: StatusCode::from_u16(status)
                .ok()
                .filter(|status| !status.is_informational())
                .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            headers: Vec::new(),
            body: Bytes::new(),
            padding: 0,
            chunked: false,
        }
    }

    /// An answer with a JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        Self::status(status)
            .header("content-type", "application/json")
            .body(body.to_string())
    }

    /// An HTML page, as a gateway in front of the API would send.
    pub fn html(status: u16) -> Self {
        let answer = Self::status(status);
        let title = answer.status.to_string();
        answer
            .header("content-type", "text/html")
            .body(format!(
                "<!DOCTYPE html>\n<html><head><title>{title}</title></head>\n\
                 <body><center><h1>{title}</h1></center><hr><center>gateway</center></body></html>\n"
            ))
    }

    /// The block page of a proxy or firewall, which is HTML and speaks of a policy.
    pub fn block_page(status: u16) -> Self {
        Self::html(status).body(
            "<!DOCTYPE html>\n<html><head><title>Access denied</title></head>\n\
             <body><h1>Access denied</h1><p>Your organisation's policy does not allow this \
             site.</p><p>Reference: 18.2f5e1060</p></body></html>\n",
        )
    }

    /// Plain text, as a server says by itself what no application has taken.
    pub fn text(status: u16, text: &str) -> Self {
        Self::status(status)
            .header("content-type", "text/plain; charset=utf-8")
            .body(text.to_owned())
    }

    /// The 404 of a Go server that has nothing at this path.
    pub fn page_not_found() -> Self {
        Self::text(404, "404 page not found\n")
    }

    /// The 404 of another API's gateway that has nothing at this path.
    pub fn no_route() -> Self {
        let message = "no Route matched with those values";
        Self::json(404, &serde_json::json!({"message": message}))
    }

    /// An error as the API forms it, of any status, `type` and problems. Without a problem the
    /// envelope has no `errors`, which it need not have.
    pub fn error(status: u16, kind: &str, problems: &[Problem]) -> Self {
        let request_id = format!("00000000-0000-4000-8000-{status:012}");
        Self::json(status, &envelope(status, kind, &request_id, problems))
    }

    /// The API's error of this status, with the `type` that its reference gives it; a status
    /// that it does not list becomes an `api_error`.
    pub fn api_error(status: u16) -> Self {
        let kind = kind(status).unwrap_or("api_error");
        let message = format!("The request failed: {}.", kind.replace('_', " "));
        Self::error(status, kind, &[Problem::new(kind, message)])
    }

    /// The API's own word that there is no such data source.
    pub fn not_found() -> Self {
        let message = "The data source could not be found.";
        Self::error(404, "not_found", &[Problem::new("not_found", message)])
    }

    /// The API's 422 with these problems.
    pub fn invalid(problems: &[Problem]) -> Self {
        Self::error(422, "validation_error", problems)
    }

    /// The API's 429, with nothing that says how long to wait.
    ///
    /// Add a `Retry-After` header with [`Answer::header`], or see [`Answer::rate_limited_until`].
    pub fn rate_limited() -> Self {
        Self::json(429, &rate_limited_body(None))
    }

    /// The API's 429 with this text as the body's `rate_limit.retry_after`; the API
    /// writes a date like `2025-04-17T11:17:18Z`, and once wrote `Thu, 17 Apr 2025 11:17:18 UTC`.
    pub fn rate_limited_until(retry_after: &str) -> Self {
        Self::json(429, &rate_limited_body(Some(retry_after)))
    }

    /// A redirect with status 307, which would have the client send body and credentials again.
    pub fn redirect(location: &str) -> Self {
        Self::status(307).header("location", location)
    }

    /// A 200 with the API's content type whose JSON never ends within `length` bytes.
    pub fn huge(length: u64) -> Self {
        let start = r#"{"data_source":{"name":""#;
        Self::status(200)
            .header("content-type", "application/json")
            .body(start)
            .padding(length.saturating_sub(start.len() as u64))
    }

    /// Adds a header. One that HTTP cannot carry is left out of the answer.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends this many bytes of `a` after the body.
    #[must_use]
    pub fn padding(mut self, bytes: u64) -> Self {
        self.padding = bytes;
        self
    }

    /// Sends the body in chunks, without a `Content-Length`.
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.chunked = true;
        self
    }

    /// The status code.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// For hyper, which adds framing.
    pub(crate) fn into_response(self) -> Response<Payload> {
        let mut response = Response::new(Payload {
            start: self.body,
            padding: self.padding,
            chunked: self.chunked,
        });
        *response.status_mut() = self.status;
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::try_from(value.as_str()),
            ) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }

    /// The bytes of the head, which claims `length` bytes of body and the end of the connection.
    pub(crate) fn head(&self, length: usize) -> Bytes {
        let mut head = format!("HTTP/1.1 {}\r\n", self.status);
        for (name, value) in &self.headers {
            // Writing to a string does not fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(
            head,
            "content-length: {length}\r\nconnection: close\r\n\r\n"
        );
        head.into()
    }

    /// The body without its padding.
    pub(crate) fn content(&self) -> Bytes {
        self.body.clone()
    }
}

/// The body of a 429.
fn rate_limited_body(retry_after: Option<&str>) -> Value {
    let mut body = serde_json::json!({
        "type": "too_many_requests",
        "status": 429,
        "request_id": "00000000-0000-4000-8000-000000000429",
        "errors": [{"code": "too_many_requests", "message": "Too many requests for this key."}],
    });
    if let Some(retry_after) = retry_after {
        body["rate_limit"] = serde_json::json!({
            "name": "api_key_name", "limit": 1200, "remaining": 0, "retry_after": retry_after,
        });
    }
    body
}

/// A body for hyper: some bytes, then padding.
#[derive(Debug)]
pub(crate) struct Payload {
    start: Bytes,
    padding: u64,
    chunked: bool,
}

/// What padding is made of.
static PADDING: [u8; 64 * 1024] = [b'a'; 64 * 1024];

impl Body for Payload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if !self.start.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.start)))));
        }
        if self.padding == 0 {
            return Poll::Ready(None);
        }
        let piece = usize::try_from(self.padding).map_or(PADDING.len(), |n| n.min(PADDING.len()));
        self.padding -= piece as u64;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&PADDING[..piece])))))
    }

    fn is_end_stream(&self) -> bool {
        self.start.is_empty() && self.padding == 0
    }

    fn size_hint(&self) -> SizeHint {
        if self.chunked {
            SizeHint::default()
        } else {
            SizeHint::with_exact(self.padding.saturating_add(self.start.len() as u64))
        }
    }
}
