//! Every request that arrived, in order, and what became of it.

use std::time::SystemTime;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::Value;

use crate::update;

/// One request.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Counts from 1 over the sandbox's life.
    pub number: u64,
    /// When its last byte arrived, by the machine's clock (not the server's skewed one).
    pub at: SystemTime,
    /// `PUT`, or whatever else was tried.
    pub method: String,
    /// Path and query as they were sent, still percent-encoded, prefix included.
    pub path: String,
    /// The data source's id, decoded, if the path is that of a data source.
    pub id: Option<String>,
    /// All headers. `Authorization` is marked sensitive, so `Debug` does not show it.
    pub headers: HeaderMap,
    /// The body as it was sent.
    pub raw_body: Bytes,
    /// The body, if it is JSON.
    pub body: Option<Value>,
    /// The status answered, whole or in part; `None` if no answer was given, or none yet.
    pub status: Option<u16>,
    /// Whether the request changed a name, a URL or a credential.
    pub applied: bool,
    pub(crate) identity: bool,
}

impl Entry {
    /// Whether this is an update that carries nothing, which serves as a read.
    pub fn is_read(&self) -> bool {
        self.method == "PUT" && self.body.as_ref().is_some_and(update::is_empty)
    }

    /// Whether this is a `PUT` that carries something to change.
    pub fn is_write(&self) -> bool {
        self.method == "PUT" && !self.is_read()
    }

    /// Whether this asks whose the key is: `GET /v1/identity`.
    pub fn is_identity(&self) -> bool {
        self.identity && self.method == "GET"
    }

    /// The text of a header, if it was sent once or more and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `User-Agent`.
    pub fn user_agent(&self) -> Option<&str> {
        self.header("user-agent")
    }

    /// The `Content-Type`.
    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    /// The bearer token.
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim())
            .filter(|token| !token.is_empty())
    }
}

/// The entries kept, and how many there ever were.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Vec<Entry>,
    /// Entries taken out so far: the first one kept has this number plus one.
    taken: u64,
}

impl Journal {
    /// The number the next entry will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.taken + self.entries.len() as u64 + 1
    }

    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn take(&mut self) -> Vec<Entry> {
        self.taken += self.entries.len() as u64;
        std::mem::take(&mut self.entries)
    }

    /// Notes what became of a request; nothing, if its entry was taken meanwhile.
    pub(crate) fn settle(&mut self, number: u64, status: Option<u16>, applied: bool) {
        let index = number.checked_sub(self.taken + 1);
        if let Some(entry) = index
            .and_then(|index| usize::try_from(index).ok())
            .and_then(|index| self.entries.get_mut(index))
        {
            entry.status = status;
            entry.applied |= applied;
        }
    }
}
