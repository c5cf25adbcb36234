//! Configurations that many tests share.

use super::ID;

/// A sensitive variable for the token, to be set by [`Scene::sensitive`](super::Scene::sensitive).
pub(crate) const TOKEN: &str =
    "variable \"token\" {\n  type      = string\n  sensitive = true\n}\n";

/// A provider block of these lines.
pub(crate) fn provider(lines: &str) -> String {
    format!("provider \"incident\" {{\n{lines}\n}}\n")
}

/// A resource for this source, with these lines besides.
pub(crate) fn resource(name: &str, id: &str, lines: &str) -> String {
    format!(
        "resource \"incident_telemetry_data_source\" \"{name}\" {{\n  data_source_id = \
         \"{id}\"\n{lines}\n}}\n"
    )
}

/// A resource for [`ID`] at [`GRAFANA`](super::GRAFANA), with these lines besides.
pub(crate) fn grafana(lines: &str) -> String {
    resource("grafana", ID, lines)
}

/// [`grafana`] with a token in a variable, and these lines besides.
pub(crate) fn with_token(lines: &str) -> String {
    let key = "  grafana_config {\n    api_key = var.token\n  }\n";
    [TOKEN, &grafana(&format!("{key}{lines}"))].concat()
}
