//! Checks of single values of a telemetry data source.

use terraform_plugin::{Diagnostic, Path, Text, Value};

use crate::checks::single_line;
use crate::summary::Summary;

/// Refuses an id that cannot be one segment of a URL's path, and one that is such a URL or path
/// itself. Otherwise its format is the API's own business.
pub(crate) fn identifier(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    single_line(value, path).or_else(|| {
        let id = value.as_str()?;
        let detail = if matches!(id, "." | "..") {
            format!(
                "{path} cannot be \".\" or \"..\". Set it to the ID of an existing data source."
            )
        } else if id.contains("://") || id.starts_with('/') || id.contains("data_sources/") {
            let what = if id.contains("://") {
                "a URL"
            } else {
                "a path"
            };
            match id_within(id) {
                Some(id) => format!("{path} is {what}. Set it to the ID alone: {id:?}."),
                None => format!("{path} is {what}. Set it to the ID of the data source alone."),
            }
        } else {
            return None;
        };
        Some(Diagnostic::error(Summary::InvalidId, detail).at(path.clone()))
    })
}

/// The id in a URL or path: what follows `data_sources/`, or the last segment that looks like one
/// of incident.io's.
fn id_within(text: &str) -> Option<&str> {
    let path = text.split(['?', '#']).next().unwrap_or_default();
    let segments = || path.split('/').filter(|segment| !segment.is_empty());
    let named = segments()
        .skip_while(|segment| *segment != "data_sources")
        .nth(1);
    let looks_like_one = |segment: &&str| {
        segment.len() == 26 && segment.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    named.or_else(|| segments().rfind(looks_like_one))
}

/// Parts of a path that belong to a page or to the API of Grafana, not to its address.
const NOT_AN_ADDRESS: [&str; 9] = [
    "api",
    "d",
    "dashboard",
    "dashboards",
    "datasources",
    "explore",
    "login",
    "org",
    "connections",
];

/// Refuses what cannot be the address of a Grafana.
pub(crate) fn api_url(value: &Value<Text>, path: &Path) -> Option<Diagnostic> {
    let text = value.as_str()?;
    if let Some(problem) = single_line(value, path) {
        return Some(problem);
    }
    let bare = bare_url(text);
    let (host, rest) = bare.split_once('/').unwrap_or((bare, ""));
    let not_an_address = |segment: &str| NOT_AN_ADDRESS.contains(&segment);
    let problem = match text.split_once("://") {
        Some((scheme, _)) if scheme != "https" => "names a protocol other than https",
        Some((_, rest)) if rest.contains("://") => "names its protocol twice",
        _ if text.contains(char::is_whitespace) => "contains whitespace",
        _ if text.contains('@') => "contains a user name or password",
        _ if bare.is_empty() => "names no host",
        _ if host.is_empty() || is_half_a_scheme(host) => "has only half of \"https://\"",
        _ if text.contains(['?', '#']) => "contains a query or a fragment",
        _ if host.contains('\\') || rest.contains('\\') => "contains a backslash",
        _ if rest.split('/').any(not_an_address) => {
            "leads to a page or to the API of Grafana, not to Grafana itself"
        }
        _ => return None,
    };
    // Terraform prints the line that belongs to a path: not one with a password in it.
    let shown = if text.contains('@') {
        Path::root()
    } else {
        path.clone()
    };
    Some(
        Diagnostic::error(
            Summary::InvalidUrl,
            format!(
                "{path} {problem}. Set it to the address of your Grafana without a protocol, such \
                 as grafana.example.com: incident.io always uses https."
            ),
        )
        .at(shown),
    )
}

/// Whether what stands for a host is what is left of a protocol: `https:`, `https`.
fn is_half_a_scheme(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    host.ends_with(':') || matches!(name.to_ascii_lowercase().as_str(), "http" | "https")
}

/// A URL as the API wants it: without protocol and trailing slash. State keeps what the
/// practitioner wrote.
pub(crate) fn bare_url(url: &str) -> &str {
    url.strip_prefix("https://")
        .unwrap_or(url)
        .trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(problem: Option<Diagnostic>) -> String {
        problem.map_or_else(String::new, |problem| problem.detail)
    }

    #[test]
    fn an_id_is_no_url() {
        const ID: &str = "01G0J1EXE7AXZ2C93K61WBPYEH";
        let path = Path::attributes("data_source_id");
        for pasted in [
            format!("https://api.incident.io/v2/telemetry/data_sources/{ID}"),
            format!("/v2/telemetry/data_sources/{ID}/"),
            format!("telemetry/data_sources/{ID}?x=/y"),
            format!("https://app.incident.io/acme/settings/{ID}#top"),
        ] {
            let told = told(identifier(&Value::text(&pasted), &path));
            assert!(
                told.contains(&format!("Set it to the ID alone: {ID:?}")),
                "{pasted}: {told}"
            );
        }
        let told_of = |id: &str| told(identifier(&Value::text(id), &path));
        assert!(
            told_of("https://app.incident.io/").contains("Set it to the ID of the data source")
        );
        for fine in [ID, "a/b c?d=é%20", "data_sources", "x"] {
            assert_eq!(told_of(fine), "", "{fine}");
        }
    }

    #[test]
    fn an_address_of_grafana() {
        let path = Path::attributes("grafana_config.api_url");
        for (url, problem) in [
            ("grafana.example.com", ""),
            ("https://grafana.example.com/", ""),
            ("https://example.com/grafana", ""),
            ("grafana.example.com:3000/a/b", ""),
            ("localhost", ""),
            ("http://grafana.example.com", "other than https"),
            ("https://https://grafana.example.com", "twice"),
            ("https:/grafana.example.com", "half of"),
            ("https:grafana.example.com", "half of"),
            ("https//grafana.example.com", "half of"),
            ("//grafana.example.com", "half of"),
            ("https://", "no host"),
            ("u:p@grafana.example.com", "user name"),
            ("https://u@grafana.example.com", "user name"),
            ("grafana.example.com/api", "leads to a page"),
            ("grafana.example.com/grafana/login", "leads to a page"),
            ("grafana.example.com/d/abc/board", "leads to a page"),
            ("grafana.example.com/?orgId=1", "query"),
            ("grafana.example.com\\grafana", "backslash"),
        ] {
            let told = told(api_url(&Value::text(url), &path));
            assert!(
                told.contains(problem) && told.is_empty() == problem.is_empty(),
                "{url}: {told}"
            );
        }
    }
}
