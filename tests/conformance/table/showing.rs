//! What a plan shows, and what becomes of what it left open: docs/design.md ("Plan is a pure
//! function", "An adoption is planned twice", "What is not found stays") and
//! docs/guides/rotating-credentials.md ("Which key is sent when").
//!
//! What is configured is shown as configured, and write-only keys as null; neither needs a row.

use super::sending::Object;
use super::{facts, table};
use Attribute::*;
use Object::*;
use Request::*;
use Shown::*;

facts! {
    /// What the API answers, and `id`.
    Attribute {
        Id,
        /// `name`, where it is not configured.
        NameLeftOut,
        ProviderName,
        SourceType,
        CreatedAt,
        Enabled,
        /// The version of Grafana.
        ProductVersion,
        UpdatedAt,
        /// `credentials_updated_at`.
        KeysSentAt,
    }

    /// What the request of an apply will say, or may say; the last of these that holds.
    Writes {
        Nothing,
        Name,
        Url,
        Key,
    }

    /// What the request of an apply said.
    Request {
        /// There was none.
        NotMade,
        WithoutKey,
        WithKey,
    }
}

/// What a plan shows of an attribute, or what an apply makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    AsBefore,
    AfterApply,
    Null,
    /// As `data_source_id`.
    AsConfigured,
    /// What the API answered.
    Answered,
    /// The `updated_at` that the API answered.
    TimeOfWrite,
}

table! {
    /// In a plan.
    PLANNED: (Object, Attribute, Writes) => Shown {
        "an adoption is of this id":
            (Adopted, Id, _) => AsConfigured;
        "an adoption does not show what it has read":
            (Adopted, NameLeftOut | ProviderName | SourceType | CreatedAt | Enabled
                    | ProductVersion | UpdatedAt, _) => AfterApply;
        "no update changes these":
            (Managed, Id | NameLeftOut | ProviderName | SourceType | CreatedAt, _)
            | (Missing, Id, _) => AsBefore;
        "nobody knows what is connected in the place of what was not found":
            (Missing, NameLeftOut | ProviderName | SourceType | CreatedAt | Enabled
                    | ProductVersion | UpdatedAt, _) => AfterApply;
        "a key or a URL may bring a data source back to life":
            (Managed, Enabled | ProductVersion, Writes::Url | Writes::Key) => AfterApply;
        "nothing else does":
            (Managed, Enabled | ProductVersion, Writes::Nothing | Writes::Name) => AsBefore;
        "every write has a time":
            (Managed, UpdatedAt, Writes::Name | Writes::Url | Writes::Key) => AfterApply;
        "no write, no time":
            (Managed, UpdatedAt, Writes::Nothing) => AsBefore;
        "a key is sent, or may be":
            (_, KeysSentAt, Writes::Key) => AfterApply;
        "no key is sent":
            (Managed | Missing, KeysSentAt, Writes::Nothing | Writes::Name | Writes::Url)
            => AsBefore;
        "an adoption without a key":
            (Adopted, KeysSentAt, Writes::Nothing | Writes::Name | Writes::Url) => Null;
    }
}

table! {
    /// After an apply, where the plan showed *known after apply*. (What the plan knew, stays.)
    APPLIED: (Attribute, Request) => Shown {
        "the time that keys were sent":
            (KeysSentAt, WithKey) => TimeOfWrite;
        "no key turned out to be sent":
            (KeysSentAt, NotMade | WithoutKey) => AsBefore;
        "what the API answers":
            (Id | NameLeftOut | ProviderName | SourceType | CreatedAt | Enabled
             | ProductVersion | UpdatedAt, WithoutKey | WithKey) => Answered;
        "nothing turned out to be sent":
            (Id | NameLeftOut | ProviderName | SourceType | CreatedAt | Enabled
             | ProductVersion | UpdatedAt, NotMade) => AsBefore;
    }
}
