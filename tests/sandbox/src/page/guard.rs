//! Whose requests are answered. A web page of anybody's can have a browser send requests to
//! loopback; it must neither press a button nor, under a name of its own for this address, read
//! what is here.

use http::header::{HOST, HeaderName, ORIGIN};
use http::request::Parts;
use http::uri::Authority;
use http::{HeaderMap, Method};

use crate::answer::Answer;

/// Browsers say here whether the page that sends a request is ours.
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Passes what was sent to this address by name, and what changes nothing or was not sent by a page
/// of somebody else's.
pub(super) fn check(head: &Parts, port: u16) -> Result<(), Answer> {
    let Some(host) = only(&head.headers, &HOST).filter(|host| is_ours(host, port)) else {
        let ours =
            format!("This page is at http://127.0.0.1:{port} and http://localhost:{port}.\n");
        return Err(Answer::text(421, &ours));
    };
    if head.method == Method::GET {
        return Ok(());
    }
    let headers = &head.headers;
    // curl sends neither header; a browser sends both.
    let ours = !headers.contains_key(ORIGIN)
        || only(headers, &ORIGIN).is_some_and(|origin| origin == format!("http://{host}"));
    let here = !headers.contains_key(FETCH_SITE)
        || only(headers, &FETCH_SITE).is_some_and(|site| matches!(site, "same-origin" | "none"));
    if ours && here {
        return Ok(());
    }
    Err(Answer::text(
        403,
        "Buttons are pressed on this page, or by curl; not by another page.\n",
    ))
}

/// A header that was sent once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok(),
        _ => None,
    }
}

fn is_ours(host: &str, port: u16) -> bool {
    host.parse::<Authority>().is_ok_and(|authority| {
        !host.contains('@')
            && matches!(authority.host(), "127.0.0.1" | "localhost")
            && authority.port_u16().unwrap_or(80) == port
    })
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn status(method: &str, headers: &[(&str, &str)]) -> u16 {
        let mut request = Request::builder().method(method).uri("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let Ok(request) = request.body(()) else {
            panic!("no request of {headers:?}");
        };
        match check(&request.into_parts().0, 4000) {
            Ok(()) => 200,
            Err(refusal) => refusal.code(),
        }
    }

    #[test]
    fn it_is_reached_by_names_of_loopback_alone() {
        for host in ["127.0.0.1:4000", "localhost:4000"] {
            assert_eq!(status("GET", &[("host", host)]), 200, "{host}");
            assert_eq!(status("POST", &[("host", host)]), 200, "{host}");
        }
        for host in [
            "",
            "127.0.0.1",
            "127.0.0.1:4001",
            "evil.example:4000",
            "127.0.0.1.evil.example:4000",
            "localhost:4000@evil.example:4000",
            "evil.example@localhost:4000",
            "[::1]:4000",
        ] {
            assert_eq!(status("GET", &[("host", host)]), 421, "{host}");
            assert_eq!(status("POST", &[("host", host)]), 421, "{host}");
        }
        assert_eq!(status("GET", &[]), 421);
        let twice = [("host", "localhost:4000"), ("host", "evil.example")];
        assert_eq!(status("GET", &twice), 421);
    }

    #[test]
    fn pages_of_others_press_no_buttons() {
        let host = ("host", "localhost:4000");
        let cases: [(&[(&str, &str)], u16); 9] = [
            (&[], 200),
            (&[("origin", "http://localhost:4000")], 200),
            (&[("sec-fetch-site", "same-origin")], 200),
            (&[("sec-fetch-site", "none")], 200),
            (&[("origin", "http://127.0.0.1:4000")], 403),
            (&[("origin", "https://localhost:4000")], 403),
            (&[("origin", "null")], 403),
            (&[("sec-fetch-site", "same-site")], 403),
            (
                &[
                    ("origin", "http://localhost:4000"),
                    ("origin", "https://evil.example"),
                ],
                403,
            ),
        ];
        for (headers, expected) in cases {
            let headers: Vec<_> = [&[host], headers].concat();
            assert_eq!(status("POST", &headers), expected, "{headers:?}");
            assert_eq!(status("DELETE", &headers), expected, "{headers:?}");
            assert_eq!(status("GET", &headers), 200, "{headers:?}");
        }
    }
}
