//! The API's error answers.

use serde_json::{Value, json};

use crate::{answer::Answer, limit::Quota};

/// The `type` that the API gives a status, as `openapi.json` lists them.
pub(crate) fn kind(status: u16) -> Option<&'static str> {
    let kind = match status {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "resource_forbidden",
        404 => "not_found",
        405 => "method_not_allowed",
        406 => "not_acceptable",
        408 => "request_timeout",
        409 => "conflict",
        412 => "precondition_failed",
        413 => "payload_too_large",
        422 => "validation_error",
        429 => "too_many_requests",
        500 => "api_error",
        _ => return None,
    };
    Some(kind)
}

/// The body of an error answer. `errors` is left out where there are none.
pub(crate) fn envelope(status: u16, kind: &str, request_id: &str, problems: &[Problem]) -> Value {
    let mut body = json!({"type": kind, "status": status, "request_id": request_id});
    if !problems.is_empty() {
        body["errors"] = problems.iter().map(Problem::to_json).collect();
    }
    body
}

/// One entry of an error's `errors`: a code, a message, and where it belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
    scope: Option<String>,
}

impl Problem {
    /// A problem with the request as a whole.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
            field: None,
            scope: None,
        }
    }

    /// Names the field at fault in `source.field`, like `grafana_config.api_key`.
    #[must_use]
    pub fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Names the scope that is missing in `metadata.scope`.
    #[must_use]
    pub fn scope(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    fn to_json(&self) -> Value {
        let mut problem = json!({"code": self.code, "message": self.message});
        if let Some(field) = &self.field {
            problem["source"] = json!({"field": field});
        }
        if let Some(scope) = &self.scope {
            problem["metadata"] = json!({"scope": scope});
        }
        problem
    }
}

/// A refusal: what status, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    problems: Vec<Problem>,
    rate_limit: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    fn new(status: u16, problem: Problem) -> Self {
        Self {
            status,
            problems: vec![problem],
            rate_limit: None,
            headers: Vec::new(),
        }
    }

    fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn unauthenticated(problem: Problem) -> Self {
        Self::new(401, problem)
    }

    /// The API does not always name the scope.
    pub(crate) fn missing_scope(scope: Option<&str>) -> Self {
        let code = "missing_required_scope";
        Self::new(
            403,
            match scope {
                Some(scope) => Problem::new(code, format!("This API key lacks the scope {scope}."))
                    .scope(scope),
                None => Problem::new(code, "This API key lacks a scope."),
            },
        )
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, Problem::new("not_found", message))
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let message = format!("Only {allowed} is served here.");
        Self::new(405, Problem::new("method_not_allowed", message)).header("allow", allowed)
    }

    pub(crate) fn too_large() -> Self {
        let problem = Problem::new("payload_too_large", "The body is too large.");
        Self::new(413, problem)
    }

    /// A missing header is a 400 by the API's reference, which knows no 415.
    pub(crate) fn not_json() -> Self {
        let message = "The body must be application/json.";
        Self::new(400, Problem::new("unsupported_media_type", message))
    }

    pub(crate) fn undecodable(message: impl Into<String>) -> Self {
        Self::new(400, Problem::new("invalid_json", message))
    }

    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        Self {
            status: 422,
            problems,
            rate_limit: None,
            headers: Vec::new(),
        }
    }

    /// `retry_after`: the header's text, then the body's.
    pub(crate) fn rate_limited(quota: &Quota, retry_after: Option<(String, String)>) -> Self {
        let problem = Problem::new("too_many_requests", "Too many requests.");
        let mut refusal = Self::new(429, problem);
        let mut rate_limit = json!({
            "name": quota.name, "limit": quota.limit, "remaining": quota.remaining,
        });
        if let Some((header, body)) = retry_after {
            rate_limit["retry_after"] = json!(body);
            refusal = refusal.header("Retry-After", header);
        }
        Self {
            rate_limit: Some(rate_limit),
            ..refusal
        }
    }

    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        let kind = kind(self.status).unwrap_or("api_error");
        let mut body = envelope(self.status, kind, request_id, &self.problems);
        if let Some(rate_limit) = &self.rate_limit {
            body["rate_limit"] = rate_limit.clone();
        }
        let answer = Answer::json(self.status, &body);
        self.headers
            .iter()
            .fold(answer, |answer, (name, value)| answer.header(name, value))
    }
}
