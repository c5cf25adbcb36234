//! An update's body: what it asks for, and what is wrong with it.

use serde_json::Value;

use crate::envelope::Problem;

/// The configuration blocks: their field, and the `provider` they belong to.
const CONFIGS: [(&str, &str); 2] = [("grafana_config", "grafana"), ("datadog_config", "datadog")];

/// The secret fields, by their full name.
pub(crate) const SECRETS: [&str; 3] = [
    "grafana_config.api_key",
    "datadog_config.api_key",
    "datadog_config.app_key",
];

const API_URL: &str = "grafana_config.api_url";

/// Whether a body is an object that carries nothing the API knows.
pub(crate) fn is_empty(body: &Value) -> bool {
    body.is_object()
        && body.get("name").is_none()
        && CONFIGS.iter().all(|(config, _)| {
            body.get(config).is_none_or(|value| {
                value.is_object() && fields(config).all(|(key, _)| value.get(key).is_none())
            })
        })
}

/// The secrets in a body, however malformed, with their field names.
pub(crate) fn secrets(body: &Value) -> Vec<(&'static str, String)> {
    SECRETS
        .iter()
        .filter_map(|field| {
            let (config, key) = field.split_once('.')?;
            let value = body.get(config)?.get(key)?.as_str()?;
            Some((*field, value.to_owned()))
        })
        .collect()
}

/// The known fields of a configuration: name in the block, full name.
fn fields(config: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    SECRETS
        .into_iter()
        .chain([API_URL])
        .filter_map(move |field| {
            let (owner, key) = field.split_once('.')?;
            (owner == config).then_some((key, field))
        })
}

/// A valid update.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Update {
    pub(crate) name: Option<String>,
    /// Full field name and value of each configuration field sent.
    pub(crate) config: Vec<(&'static str, String)>,
}

impl Update {
    /// Reads a body meant for a source of `provider`. `rejected` says, by field and
    /// value, which credentials the upstream tool does not accept.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the fields.
    pub(crate) fn parse(
        body: &Value,
        provider: &str,
        rejected: impl Fn(&str, &str) -> bool,
    ) -> Result<Self, Vec<Problem>> {
        let mut update = Self::default();
        let mut problems = Vec::new();
        let Some(body) = body.as_object() else {
            return Err(vec![Problem::new(
                "invalid_type",
                "The body must be an object.",
            )]);
        };
        if let Some(name) = body.get("name") {
            match text("name", name) {
                Ok(name) => update.name = Some(name),
                Err(problem) => problems.push(problem),
            }
        }
        for (config, owner) in CONFIGS {
            let Some(block) = body.get(config) else {
                continue;
            };
            if owner != provider {
                problems.push(
                    Problem::new(
                        "not_supported",
                        format!("{config} does not apply to a data source of {provider}."),
                    )
                    .at(config),
                );
                continue;
            }
            let Some(block) = block.as_object() else {
                problems.push(wrong_type(config, "an object"));
                continue;
            };
            for (key, field) in fields(config) {
                let Some(value) = block.get(key) else {
                    continue;
                };
                match text(field, value).and_then(|value| check(field, value, &rejected)) {
                    Ok(value) => update.config.push((field, value)),
                    Err(problem) => problems.push(problem),
                }
            }
        }
        if problems.is_empty() {
            Ok(update)
        } else {
            Err(problems)
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_none() && self.config.is_empty()
    }
}

fn text(field: &str, value: &Value) -> Result<String, Problem> {
    let text = value
        .as_str()
        .ok_or_else(|| wrong_type(field, "a string"))?;
    if text.trim().is_empty() {
        return Err(Problem::new("is_required", format!("{field} must not be blank.")).at(field));
    }
    Ok(text.to_owned())
}

fn check(
    field: &str,
    value: String,
    rejected: impl Fn(&str, &str) -> bool,
) -> Result<String, Problem> {
    if field == API_URL {
        if value.contains("://") || value.contains(char::is_whitespace) {
            let message = "api_url must be a host, with no protocol in front.";
            return Err(Problem::new("invalid_value", message).at(field));
        }
    } else if rejected(field, &value) {
        let message = "The credentials were not accepted.";
        return Err(Problem::new("invalid_credentials", message).at(field));
    }
    Ok(value)
}

fn wrong_type(field: &str, expected: &str) -> Problem {
    Problem::new("invalid_type", format!("{field} must be {expected}.")).at(field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn faults(body: &Value, provider: &str) -> Vec<(String, String)> {
        let rejected = |_: &str, value: &str| value.starts_with("bad");
        match Update::parse(body, provider, rejected) {
            Ok(_) => Vec::new(),
            Err(problems) => problems
                .into_iter()
                .map(|problem| (problem.field.unwrap_or_default(), problem.code))
                .collect(),
        }
    }

    #[test]
    fn problems_name_their_field() {
        let cases = [
            ("list", json!([]), vec![("", "invalid_type")]),
            (
                "null name",
                json!({"name": null}),
                vec![("name", "invalid_type")],
            ),
            (
                "blank name",
                json!({"name": " \t"}),
                vec![("name", "is_required")],
            ),
            ("number", json!({"name": 7}), vec![("name", "invalid_type")]),
            (
                "other tool",
                json!({"datadog_config": {"api_key": "x"}}),
                vec![("datadog_config", "not_supported")],
            ),
            (
                "block is a string",
                json!({"grafana_config": "x"}),
                vec![("grafana_config", "invalid_type")],
            ),
            (
                "two at once",
                json!({"name": "", "grafana_config": {"api_key": "bad", "api_url": "https://g"}}),
                vec![
                    ("name", "is_required"),
                    ("grafana_config.api_key", "invalid_credentials"),
                    ("grafana_config.api_url", "invalid_value"),
                ],
            ),
            (
                "null key",
                json!({"grafana_config": {"api_key": null}}),
                vec![("grafana_config.api_key", "invalid_type")],
            ),
            (
                "fine",
                json!({"name": "n", "grafana_config": {"api_key": "k"}}),
                vec![],
            ),
            (
                "unknown fields",
                json!({"labels": [], "grafana_config": {"x": 1}}),
                vec![],
            ),
        ];
        for (case, body, expected) in cases {
            let expected: Vec<_> = expected
                .into_iter()
                .map(|(field, code)| (field.to_owned(), code.to_owned()))
                .collect();
            assert_eq!(faults(&body, "grafana"), expected, "{case}");
        }
    }

    #[test]
    fn emptiness_is_about_what_the_api_knows() {
        for body in [json!({}), json!({"x": 1}), json!({"grafana_config": {}})] {
            assert!(is_empty(&body), "{body}");
        }
        for body in [
            json!({"name": null}),
            json!({"datadog_config": {"app_key": ""}}),
            json!([]),
            json!(null),
        ] {
            assert!(!is_empty(&body), "{body}");
        }
    }
}
