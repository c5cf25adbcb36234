//! Which proxy leads to the API: the variables that Go, and so Terraform itself, goes by, and
//! `ALL_PROXY`, which curl and most other programs know and Go does not.

use std::ffi::OsString;
use std::net::IpAddr;

use ipnet::IpNet;
use reqwest::Url;

use crate::client::endpoint::Endpoint;

/// In order of precedence. `HTTP_PROXY` is for plain http, which never leaves this machine.
const PROXY: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// What there is a proxy protocol for.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// How to reach the endpoint.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// Without a proxy.
    Direct,
    /// As the platform's settings say, where it has any: no variable says otherwise.
    Platform,
    /// Through this proxy, which the variable named.
    Proxy {
        /// Its address, with credentials where it wants any.
        url: Url,
        /// Which variable holds it.
        variable: &'static str,
    },
}

/// The way to `endpoint`. What is on this machine is never asked for through another.
///
/// # Errors
/// Names the variable that cannot be read, without quoting it: it may hold a password.
pub(super) fn route(
    endpoint: &Endpoint,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Route, String> {
    if endpoint.is_loopback() {
        return Ok(Route::Direct);
    }
    let exceptions = first(&NO_PROXY, environment)?;
    let excepted = exceptions.is_some_and(|(_, list)| {
        list.split(',')
            .any(|entry| covers(entry.trim(), endpoint.host(), endpoint.port()))
    });
    if excepted {
        return Ok(Route::Direct);
    }
    let Some((variable, text)) = first(&PROXY, environment)? else {
        return Ok(Route::Platform);
    };
    let url = address(&text).ok_or_else(|| {
        format!(
            "{variable} is not the address of a proxy, such as http://proxy.example.com:3128 or \
             socks5://127.0.0.1:1080"
        )
    })?;
    Ok(Route::Proxy { url, variable })
}

/// The first of these variables that holds anything.
fn first(
    names: &[&'static str],
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<Option<(&'static str, String)>, String> {
    for &name in names {
        let Some(value) = environment(name) else {
            continue;
        };
        let Ok(text) = value.into_string() else {
            return Err(format!("{name} is not valid UTF-8"));
        };
        let text = text.trim();
        if !text.is_empty() {
            return Ok(Some((name, text.to_owned())));
        }
    }
    Ok(None)
}

fn address(text: &str) -> Option<Url> {
    // `proxy:3128` would pass for an address with the scheme `proxy`.
    let text = match text.split_once("://") {
        None => format!("http://{text}"),
        // The proxy is asked for the name rather than the address, as Go does: a company's own
        // names may be unknown on this side of it.
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("socks5") => {
            format!("socks5h://{rest}")
        }
        Some(_) => text.to_owned(),
    };
    let url = Url::parse(&text).ok()?;
    let usable = SCHEMES.contains(&url.scheme()) && url.host_str().is_some_and(|h| !h.is_empty());
    usable.then_some(url)
}

/// Whether this entry of `NO_PROXY` covers `host`: `*`, an address, a network, or a domain with all
/// below it, written `x`, `.x` or `*.x`; any but a network with a port if it is meant for that
/// alone.
fn covers(entry: &str, host: &str, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    let address: Option<IpAddr> = bare(host).parse().ok();
    if entry.contains('/') {
        let network: Option<IpNet> = entry.parse().ok();
        let both = network.zip(address);
        return both.is_some_and(|(network, address)| network.contains(&address));
    }
    // An IPv6 address has colons of its own.
    let (entry, only) = match entry.rsplit_once(':') {
        Some((name, number)) if !name.contains(':') || name.ends_with(']') => {
            (name, Some(number.parse::<u16>()))
        }
        _ => (entry, None),
    };
    if only.is_some_and(|only| only != Ok(port)) {
        return false;
    }
    if let Some(address) = address {
        return bare(entry).parse() == Ok(address);
    }
    let entry = entry.trim_end_matches('.').to_ascii_lowercase();
    let domain = entry.strip_prefix("*.").or_else(|| entry.strip_prefix('.'));
    let domain = domain.unwrap_or(&entry);
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    !domain.is_empty()
        && host
            .strip_suffix(domain)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// An IPv6 address without its brackets.
fn bare(host: &str) -> &str {
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    inner.unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route_with(endpoint: &str, variables: &[(&str, &str)]) -> Result<Route, String> {
        let environment = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).into())
        };
        route(&Endpoint::parse(endpoint).unwrap(), &environment)
    }

    #[test]
    fn which_variable_counts() {
        let proxy = |url: &str, variable| {
            let url = Url::parse(url).unwrap();
            Ok(Route::Proxy { url, variable })
        };
        let p = ("HTTPS_PROXY", "http://p:1");
        for (variables, expected) in [
            (&[][..], Ok(Route::Platform)),
            (&[("HTTP_PROXY", "http://p:1")], Ok(Route::Platform)),
            (
                &[p, ("https_proxy", "http://q:1")],
                proxy("http://p:1", "HTTPS_PROXY"),
            ),
            (
                &[("HTTPS_PROXY", " "), ("https_proxy", "q:1")],
                proxy("http://q:1", "https_proxy"),
            ),
            (
                &[("ALL_PROXY", "http://r:1"), p],
                proxy("http://p:1", "HTTPS_PROXY"),
            ),
            (
                &[("all_proxy", "r.example")],
                proxy("http://r.example", "all_proxy"),
            ),
            (
                &[("ALL_PROXY", "socks5://u:s@s:1080")],
                proxy("socks5h://u:s@s:1080", "ALL_PROXY"),
            ),
            (
                &[("HTTPS_PROXY", "https://p")],
                proxy("https://p", "HTTPS_PROXY"),
            ),
            (&[p, ("NO_PROXY", "*")], Ok(Route::Direct)),
            (
                &[p, ("NO_PROXY", ""), ("no_proxy", "incident.io")],
                Ok(Route::Direct),
            ),
            (
                &[p, ("NO_PROXY", "example.com")],
                proxy("http://p:1", "HTTPS_PROXY"),
            ),
        ] {
            assert_eq!(route_with("https://api.incident.io", variables), expected);
        }
    }

    #[test]
    fn loopback_is_never_asked_for_elsewhere() {
        for endpoint in [
            "https://127.0.0.1",
            "https://localhost:8443",
            "https://[::1]",
            "http://127.1.2.3:80",
        ] {
            let bad = [("HTTPS_PROXY", "http://p:1"), ("ALL_PROXY", "nonsense://")];
            assert_eq!(route_with(endpoint, &bad), Ok(Route::Direct), "{endpoint}");
        }
    }

    #[test]
    fn unreadable_variables() {
        for text in [
            "ftp://p",
            "http://",
            "http://p:99999",
            "://",
            "http://u:hunter22@:1",
        ] {
            let error = route_with("https://h", &[("HTTPS_PROXY", text)]).unwrap_err();
            assert!(
                error.starts_with("HTTPS_PROXY is not the address"),
                "{text}: {error}"
            );
            assert!(!error.contains("hunter22"));
        }
        #[cfg(unix)]
        {
            use std::os::unix::ffi::OsStringExt;
            for name in ["https_proxy", "NO_PROXY"] {
                let environment =
                    |asked: &str| (asked == name).then(|| OsString::from_vec(vec![b'p', 0xff]));
                assert_eq!(
                    route(&Endpoint::default(), &environment),
                    Err(format!("{name} is not valid UTF-8"))
                );
            }
        }
    }

    #[test]
    fn exceptions() {
        for (entry, host, port, expected) in [
            ("api.incident.io", "api.incident.io", 443, true),
            ("API.Incident.io", "api.incident.io", 443, true),
            ("incident.io", "api.incident.io", 443, true),
            ("cident.io", "api.incident.io", 443, false),
            (".incident.io", "api.incident.io", 443, true),
            (".incident.io", "incident.io", 443, true),
            ("*.incident.io", "api.incident.io", 443, true),
            ("*.io", "api.incident.io.example", 443, false),
            ("api.incident.io:443", "api.incident.io", 443, true),
            ("api.incident.io:8443", "api.incident.io", 443, false),
            ("*.incident.io:443", "api.incident.io", 443, true),
            ("api.incident.io:x", "api.incident.io", 443, false),
            ("", "api.incident.io", 443, false),
            (".", "api.incident.io", 443, false),
            ("*.", "api.incident.io", 443, false),
            ("10.0.0.7", "10.0.0.7", 443, true),
            ("10.0.0.7:443", "10.0.0.7", 443, true),
            ("10.0.0.7:1", "10.0.0.7", 443, false),
            ("0.0.7", "10.0.0.7", 443, false),
            ("10.0.0.0/8", "10.9.9.9", 443, true),
            ("10.1.2.3/8", "10.9.9.9", 443, true),
            ("10.0.0.0/33", "10.9.9.9", 443, false),
            ("11.0.0.0/8", "10.9.9.9", 443, false),
            ("0.0.0.0/0", "10.9.9.9", 443, true),
            ("10.0.0.0/x", "10.9.9.9", 443, false),
            ("::/0", "[fd00::1]", 443, true),
            ("fd00::/8", "[fd00::1]", 443, true),
            ("fe00::/8", "[fd00::1]", 443, false),
            ("10.0.0.0/8", "[fd00::1]", 443, false),
            ("10.0.0.0/8", "api.incident.io", 443, false),
            ("fd00::1", "[fd00::1]", 443, true),
            ("[fd00::1]", "[fd00::1]", 443, true),
            ("[fd00::1]:443", "[fd00::1]", 443, true),
            ("[fd00::1]:1", "[fd00::1]", 443, false),
        ] {
            assert_eq!(
                covers(entry, host, port),
                expected,
                "{entry} for {host}:{port}"
            );
        }
    }
}
