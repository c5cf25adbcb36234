//! Checks of single values of a telemetry data source.

use terraform_plugin::{Diagnostic, Path, Text, Value};

use crate::checks::single_line;

/// Refuses an id that cannot be one segment of a URL's path. Its format is the
/// API's own business.
pub(crate) fn identifier(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    single_line(value, path).or_else(|| {
        matches!(value.as_str()?, "." | "..").then(|| {
            Diagnostic::error(
                "Invalid Data Source ID",
                format!(
                    "{path} cannot be \".\" or \"..\". Copy the id of the data source from incident.io."
                ),
            )
            .at(path.clone())
        })
    })
}

/// Refuses what cannot be the address of a Grafana.
pub(crate) fn api_url(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    let text = value.as_str()?;
    if let Some(problem) = single_line(value, path) {
        return Some(problem);
    }
    let problem = match text.split_once("://") {
        Some((scheme, _)) if scheme != "https" => "names a protocol other than https",
        _ if text.contains(char::is_whitespace) => "contains whitespace",
        _ if bare_url(text).is_empty() => "names no host",
        _ if text.contains('@') => "contains a user name or password",
        _ if text.contains(['?', '#']) => "contains a query or a fragment",
        _ => return None,
    };
    Some(
        Diagnostic::error(
            "Invalid Grafana URL",
            format!(
                "{path} {problem}. Give the address of your Grafana without protocol, such as \
                 grafana.example.com; incident.io always uses https."
            ),
        )
        .at(path.clone()),
    )
}

/// A URL as the API wants it: without protocol and trailing slash. State keeps what the practitioner
/// wrote.
pub(crate) fn bare_url(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}
