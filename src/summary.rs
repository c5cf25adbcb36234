//! What diagnostics begin with, and how they list names. A message has a row, and messages about the same may share a text.
//!
//! The constructors of [`Diagnostic`](terraform_plugin::Diagnostic) take nothing else. The tests
//! have an example of each row, in a match that the compiler keeps complete; their snapshot is what
//! `docs/guides/troubleshooting.md` is compared with.

#[cfg(test)]
mod tests;

use std::fmt::Display;

use terraform_plugin::summaries;

summaries! {
    /// Which message it is.
    pub(crate) enum Summary {
        // Of the provider block and the environment.
        InvalidVariable = "Invalid Environment Variable",
        InvalidEndpoint = "Invalid Endpoint",
        InvalidNumber = "Invalid Number",
        InvalidDuration = "Invalid Duration",

        // Of single values.
        Blank = "Blank Value",
        StrayCharacters = "Stray Characters",
        StrayInKey = "Stray Characters in a Key",
        NotInList = "Invalid Value",
        InvalidId = "Invalid Data Source ID",
        InvalidUrl = "Invalid Grafana URL",

        // Of a configuration.
        VersionAlone = "Version Without a Write-only Value",
        BothKinds = "Conflicting Configuration",
        BothForms = "Conflicting Configuration",
        WrongKind = "Wrong Kind of Data Source",
        EmptyBlock = "Empty Configuration Block",
        NoKey = "No Key to Send",
        KeyDropped = "No Key Arrived",
        NoIdToMove = "Unable to Move Resource State",

        // Of a request without an answer, or with one that says no.
        MissingKey = "Missing API Key",
        UnknownSettings = "Provider Settings Are Not Known Yet",
        NoRequestWithId = "Invalid Data Source ID",
        InvalidKey = "Invalid API Key",
        KeyNotAccepted = "API Key Not Accepted",
        NotPermitted = "Not Permitted",
        NotFound = "Telemetry Data Source Not Found",
        ValueRefused = "Value Refused by incident.io",
        RequestRefused = "Request Refused by incident.io",
        RateLimit = "Rate Limit of incident.io Reached",
        NoAnswer = "incident.io Did Not Answer in Time",
        NoConnection = "Cannot Reach incident.io",
        Unexpected = "Unexpected Response from incident.io",
        UnexpectedHere = "Unexpected Response from the Endpoint",
        Interrupted = "Interrupted",

        // Of a data source.
        NeverThere = "Telemetry Data Source Not Found",
        CannotImport = "Telemetry Data Source Not Found",
        Absent = "Telemetry Data Source Not Found",
        WasAbsent = "Telemetry Data Source Was Not Found",
        NotRead = "Telemetry Data Source Not Read",
        DriftUnchecked = "Drift Was Not Checked",
        AdoptionUnchecked = "Adoption Was Not Checked",
        NothingToSend = "Nothing to Send",
        Unreadable = "Unexpected Response from incident.io",
        NotRecorded = "Credentials Not Recorded",
        Shared = "Data Source Managed Twice",
        Renames = "Adoption Renames the Data Source",
        ReplacesCredentials = "Credentials in Use Will Be Replaced",
        SentAgain = "Values Will Be Sent Again",
        SwitchedOff = "Data Source Was Switched Off",
        ChangedOutside = "Data Source Changed Outside of Terraform",
        ChangedAfterReapply = "Data Source Changed After Its Keys Were Sent Again",
        LeftActive = "Data Source Stays Active in incident.io",
        Replaced = "Data Source Stays Active in incident.io",
        BlockRemoved = "Credentials Stay Active in incident.io",
        ValueRemoved = "Value Stays Active in incident.io",
    }
}

/// Those that say something, in one text.
pub(crate) fn sentences(sentences: &[&str]) -> String {
    let said: Vec<_> = sentences
        .iter()
        .filter(|text| !text.is_empty())
        .copied()
        .collect();
    said.join(" ")
}

/// One name, or several with commas, and with `last` before the last.
pub(crate) fn listed(names: impl IntoIterator<Item: Display>, last: &str) -> String {
    let mut names: Vec<_> = names.into_iter().map(|name| name.to_string()).collect();
    let end = names.pop().unwrap_or_default();
    if names.is_empty() {
        end
    } else {
        format!("{} {last} {end}", names.join(", "))
    }
}
