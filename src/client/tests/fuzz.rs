//! Anything at all in place of an answer, a date, an address.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use jiff::Timestamp;
use proptest::option;
use proptest::prelude::*;
use zeroize::Zeroizing;

use super::*;
use crate::client::answer::{Answer, Ending};
use crate::client::dates;
use crate::client::fuzzing::{Sent, any_answer, any_date, any_endpoint, any_id};
use test_support::damage::{damaged, damaged_text};

const REFUSAL: &str = r#"{"type":"validation_error","status":422,"request_id":"631766c4-0b4c-4d3c",
    "errors":[{"code":"invalid","message":"inc_0123456789 and glsa_\"<abc>/+é are bad","source":{"field":"grafana_config.api_key"},
    "metadata":{"scope":"x"}}],"metadata":{"scope":"telemetry.data_sources.update"}}"#;
const LIMITED: &str = r#"{"type":"too_many_requests","errors":[{"code":"x","message":"Slow down."}],
    "rate_limit":{"name":"api_key_name","limit":1200,"remaining":0,"retry_after":"Thu, 17 Apr 2025 11:17:18 UTC"}}"#;
const PAGE: &str = "<!DOCTYPE html><html><head><title>502 Bad \
    Gateway</title></head><body>inc_0123456789</body></html>";

const BODIES: [&[u8]; 6] = [
    SOURCE.as_bytes(),
    REFUSAL.as_bytes(),
    LIMITED.as_bytes(),
    PAGE.as_bytes(),
    b"\xef\xbb\xbf{}",
    b"\x1f\x8b\x08\0",
];

const DATES: &[&str] = &[
    "10",
    "1.5",
    "Thu, 17 Apr 2025 11:17:18 GMT",
    "Thu, 17 Apr 2025 11:17:18 UTC",
    "Thursday, 17-Apr-25 11:17:18 GMT",
    "Thu Apr 17 11:17:18 2025",
    "2025-04-17T11:17:18.801578Z",
    "2025-04-17T13:17:18+02:00[Europe/Berlin]",
];

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        Just(()).prop_map(|()| Ending::Complete),
        Just(()).prop_map(|()| Ending::TooLarge),
        any::<u64>().prop_map(|seconds| Ending::Lost(ClientError::Timeout {
            after: Duration::from_secs(seconds),
        })),
    ]
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let value = || {
        option::of(damaged(
            &DATES.iter().map(|date| date.as_bytes()).collect::<Vec<_>>(),
        ))
    };
    (value(), value(), value(), value()).prop_map(|(date, retry_after, location, request_id)| {
        let fields = [
            (header::DATE, date),
            (header::RETRY_AFTER, retry_after),
            (header::LOCATION, location),
            (HeaderName::from_static("x-request-id"), request_id),
        ];
        let fields = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_bytes(&value?).ok()?)));
        fields.collect()
    })
}

proptest! {
    #[test]
    fn any_answer_is_understood_or_summed_up(
        status in prop_oneof![100_u16..1000, Just(200), Just(422), Just(429)],
        headers in headers(),
        body in damaged(&BODIES),
        ending in ending(),
        elapsed in any::<Duration>(),
        chance in 0.0..1.0,
    ) {
        let answer = Answer {
            status,
            headers,
            body: Zeroizing::new(body),
            ending,
            received: Timestamp::now(),
            elapsed,
        };
        any_answer(answer, &[&Sent::new(KEY), &Sent::new(TOKEN)], chance);
    }

    #[test]
    fn any_text_is_a_date_or_none(text in damaged_text(DATES), chance in 0.0..1.0) {
        any_date(&text, Timestamp::now(), chance);
    }

    #[test]
    fn dates_come_back(seconds in 0_i64..253_402_207_200) {
        let moment = Timestamp::from_second(seconds).unwrap();
        for form in [
            "%a, %d %b %Y %H:%M:%S GMT",
            "%a, %d %b %Y %H:%M:%S UTC",
            "%a %b %e %H:%M:%S %Y",
            "%Y-%m-%dT%H:%M:%SZ",
        ] {
            let text = moment.strftime(form).to_string();
            prop_assert_eq!(dates::date(&text), Some(moment), "{}", text);
        }
    }

    #[test]
    fn any_address_is_an_endpoint_or_none(text in damaged_text(&[
        "https://api.incident.io",
        "https://user:hunter22@h/?q#f",
        "http://[::1]:8080/gateway/x/",
        "http://127.0.0.1",
    ])) {
        any_endpoint(&text);
    }

    #[test]
    fn any_id_is_one_segment_or_none(text in damaged_text(&["01G", "../x?y#z", "%2e", "\u{e9}"])) {
        any_id(&text);
    }
}
