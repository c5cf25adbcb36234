//! The way to the API: names, proxies, trust, and what went wrong on it.

mod algorithms;
mod dns;
pub(super) mod failure;
mod proxy;
mod tls;
#[cfg(all(unix, not(target_vendor = "apple")))]
mod trust;
mod words;

use reqwest::{ClientBuilder, Proxy};

use self::dns::SystemResolver;
use self::proxy::Route;
use super::endpoint::Endpoint;
use super::error::{ConnectionError, ConnectionKind};

/// A builder that reaches `endpoint` as the environment says, through its proxy, trusting its
/// roots; and the variable that named the proxy.
///
/// # Errors
/// If a variable that decides cannot be followed, or nothing is trusted.
pub(super) fn builder(
    endpoint: &Endpoint,
) -> Result<(ClientBuilder, Option<&'static str>), ConnectionError> {
    let environment = |name: &str| std::env::var_os(name);
    let error = |kind, cause: String| failure::of_settings(kind, &cause, endpoint.host());
    let config = if endpoint.is_encrypted() {
        tls::trusting(&environment).map_err(|cause| error(ConnectionKind::Trust, cause))?
    } else {
        tls::trusting_nobody().map_err(|cause| error(ConnectionKind::Setup, cause))?
    };
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(config)
        .dns_resolver(SystemResolver);
    let route = proxy::route(endpoint, &environment)
        .map_err(|cause| error(ConnectionKind::ProxySettings, cause))?;
    Ok(match route {
        Route::Direct => (builder.no_proxy(), None),
        Route::Platform => (builder, None),
        Route::Proxy { url, variable } => {
            let proxy = Proxy::all(url).map_err(|_| {
                let cause = format!("{variable} holds an address that no proxy can have");
                error(ConnectionKind::ProxySettings, cause)
            })?;
            (builder.no_proxy().proxy(proxy), Some(variable))
        }
    })
}
