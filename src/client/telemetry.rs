//! Telemetry data sources (API reference, *Telemetry V2*).

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::api::Client;
use super::data_source::{DataSourceUpdate, UpdateResult};
use super::error::ClientError;
use super::transport::{Errand, Request};

/// Everything but what RFC 3986 calls unreserved is encoded within a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

impl Client {
    /// Changes a data source (`PUT /v2/telemetry/data_sources/{id}`), or reads it with an empty
    /// `change`: this API has no GET for it. Sending the same change twice has the effect of
    /// sending it once, so it is tried again when an answer is lost.
    ///
    /// Once `stop` is cancelled nothing new is sent and no wait goes on. A read in flight is given
    /// up; a change in flight is waited for, no longer than the request timeout, and its answer
    /// returned.
    ///
    /// Dropping the future gives up the request where it stands: nothing is sent or tried again
    /// afterwards, and whether a change in flight was carried out stays open, as after a crash.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub(crate) async fn update_data_source(
        &self,
        id: &DataSourceId,
        change: &DataSourceUpdate,
        stop: &CancellationToken,
    ) -> Result<UpdateResult, ClientError> {
        let request = Request {
            method: Method::PUT,
            path: id.path(),
            body: Bytes::from_owner(change.json()),
            secrets: change.secrets().chain(&change.in_place).cloned().collect(),
            errand: if change.is_empty() {
                Errand::Read
            } else {
                Errand::Write
            },
        };
        let (data_source, window) = self.transport.send(&request, stop).await?;
        Ok(UpdateResult {
            data_source,
            window,
        })
    }
}

/// The id of a data source. Opaque: any text that can be one segment of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct DataSourceId(String);

/// Why a text cannot be a [`DataSourceId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum DataSourceIdError {
    /// Nothing at all.
    #[error("it must not be empty")]
    Empty,
    /// `.` or `..`, which no encoding keeps from being taken for a folder.
    #[error("it must not be \".\" or \"..\"")]
    Dots,
}

impl DataSourceId {
    /// Takes any text for an id, except what could not be sent as one.
    ///
    /// # Errors
    /// If `text` is empty or consists of one or two dots.
    pub(crate) fn parse(text: &str) -> Result<Self, DataSourceIdError> {
        match text {
            "" => Err(DataSourceIdError::Empty),
            "." | ".." => Err(DataSourceIdError::Dots),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Where the data source is, from the endpoint on.
    pub(super) fn path(&self) -> String {
        let segment = utf8_percent_encode(&self.0, SEGMENT);
        format!("/v2/telemetry/data_sources/{segment}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        assert_eq!(DataSourceId::parse(""), Err(DataSourceIdError::Empty));
        assert_eq!(DataSourceId::parse("."), Err(DataSourceIdError::Dots));
        assert_eq!(DataSourceId::parse(".."), Err(DataSourceIdError::Dots));
        for (id, encoded) in [
            ("01G0J1EXE7AXZ2C93K61WBPYEH", "01G0J1EXE7AXZ2C93K61WBPYEH"),
            ("a-b_c.d~e", "a-b_c.d~e"),
            ("...", "..."),
            ("../x", "..%2Fx"),
            ("%2e%2e", "%252e%252e"),
            ("a/b?c#d e", "a%2Fb%3Fc%23d%20e"),
            ("é\\;\u{0}", "%C3%A9%5C%3B%00"),
        ] {
            let id = DataSourceId::parse(id).unwrap();
            assert_eq!(utf8_percent_encode(&id.0, SEGMENT).to_string(), encoded);
            // Nothing is left for the URL parser to interpret.
            let url = reqwest::Url::parse(&format!("https://h/v2/{encoded}")).unwrap();
            assert_eq!(url.path(), format!("/v2/{encoded}"));
        }
    }
}
