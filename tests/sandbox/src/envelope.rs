//! The API's error answers.

use serde_json::{Value, json};

use crate::answer::Answer;

/// One entry of an error's `errors`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// The field at fault, like `grafana_config.api_key`.
    pub(crate) field: Option<String>,
    /// The scope that is missing.
    pub(crate) scope: Option<&'static str>,
}

impl Problem {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            field: None,
            scope: None,
        }
    }

    pub(crate) fn at(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    fn to_json(&self) -> Value {
        let mut problem = json!({"code": self.code, "message": self.message});
        if let Some(field) = &self.field {
            problem["source"] = json!({"field": field});
        }
        if let Some(scope) = self.scope {
            problem["metadata"] = json!({"scope": scope});
        }
        problem
    }
}

/// A refusal: what status, what type, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: u16,
    kind: &'static str,
    problems: Vec<Problem>,
    rate_limit: Option<Value>,
    allow: Option<&'static str>,
}

impl Refusal {
    fn new(status: u16, kind: &'static str, problem: Problem) -> Self {
        Self {
            status,
            kind,
            problems: vec![problem],
            rate_limit: None,
            allow: None,
        }
    }

    pub(crate) fn unauthenticated(problem: Problem) -> Self {
        Self::new(401, "authentication_error", problem)
    }

    pub(crate) fn missing_scope(scope: &'static str) -> Self {
        let mut problem = Problem::new(
            "missing_required_scope",
            format!("This API key lacks the scope {scope}."),
        );
        problem.scope = Some(scope);
        Self::new(403, "authorization_error", problem)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(404, "not_found", Problem::new("not_found", message))
    }

    pub(crate) fn method_not_allowed() -> Self {
        let problem = Problem::new("method_not_allowed", "Only PUT is served here.");
        Self {
            allow: Some("PUT"),
            ..Self::new(405, "method_not_allowed", problem)
        }
    }

    pub(crate) fn too_large() -> Self {
        let problem = Problem::new("payload_too_large", "The body is too large.");
        Self::new(413, "payload_too_large", problem)
    }

    pub(crate) fn not_json() -> Self {
        let problem = Problem::new(
            "unsupported_media_type",
            "The body must be application/json.",
        );
        Self::new(415, "unsupported_media_type", problem)
    }

    pub(crate) fn undecodable(message: impl Into<String>) -> Self {
        Self::new(
            400,
            "invalid_request",
            Problem::new("invalid_json", message),
        )
    }

    pub(crate) fn invalid(problems: Vec<Problem>) -> Self {
        Self {
            status: 422,
            kind: "validation_error",
            problems,
            rate_limit: None,
            allow: None,
        }
    }

    /// `retry_after` in the API's spelling: `Thu, 17 Apr 2025 11:17:18 UTC`.
    pub(crate) fn rate_limited(limit: u32, retry_after: &str) -> Self {
        let problem = Problem::new("too_many_requests", "Too many requests for this key.");
        Self {
            rate_limit: Some(json!({
                "name": "api_key_name", "limit": limit, "remaining": 0, "retry_after": retry_after,
            })),
            ..Self::new(429, "too_many_requests", problem)
        }
    }

    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        let problems: Vec<Value> = self.problems.iter().map(Problem::to_json).collect();
        let mut body = json!({
            "type": self.kind,
            "status": self.status,
            "request_id": request_id,
            "errors": problems,
        });
        if let Some(rate_limit) = &self.rate_limit {
            body["rate_limit"] = rate_limit.clone();
        }
        let answer = Answer::json(self.status, &body);
        match self.allow {
            Some(methods) => answer.header("allow", methods),
            None => answer,
        }
    }
}
