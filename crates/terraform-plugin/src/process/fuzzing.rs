//! What holds for any environment.

#[cfg(unix)]
use std::path::PathBuf;

use super::config::Config;
use super::handshake::{COOKIE, COOKIE_VARIABLE, Handshake, check_cookie};
use super::listener::Address;
#[cfg(unix)]
use super::socket_dir::place;

/// What a provider called `ACME` reads.
pub(super) const VARIABLES: [&str; 6] = [
    "PLUGIN_MIN_PORT",
    "PLUGIN_MAX_PORT",
    "PLUGIN_CLIENT_CERT",
    "PLUGIN_UNIX_SOCKET_DIR",
    "PLUGIN_MULTIPLEX_GRPC",
    "ACME_PLUGIN_NETWORK",
];

/// An environment, `NAME=value` before each zero byte, comes to a handshake of one line, or to an
/// error that names one variable and not its value.
pub(crate) fn any_environment(text: &str) {
    let variables: Vec<_> = text
        .split('\0')
        .filter_map(|line| line.split_once('='))
        .collect();
    let lookup = |name: &str| {
        let found = variables.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    let cookie = lookup(COOKIE_VARIABLE).is_some_and(|value| value == COOKIE);
    assert_eq!(check_cookie(lookup).is_ok(), cookie);

    let config = match Config::from_lookup("ACME", lookup) {
        Ok(config) => config,
        Err(error) => {
            let text = error.to_string();
            let named = VARIABLES.iter().filter(|name| text.contains(**name));
            assert_eq!(named.count(), 1, "{text}");
            // Shorter ones may stand there by chance.
            let values = VARIABLES.iter().filter_map(|name| lookup(name));
            for value in values.filter(|value| value.len() > 24) {
                assert!(!text.contains(&value), "{text}");
            }
            return;
        }
    };
    let certificate = config.client_certificate.as_deref();
    let line = |address: &Address| {
        let handshake = Handshake {
            address,
            certificate,
            multiplexing_asked: config.multiplexing_asked,
        };
        handshake.line()
    };
    let is_line = |line: &str| {
        let fields: Vec<_> = line.trim_end_matches('\n').split('|').collect();
        assert_eq!(line.find('\n'), Some(line.len() - 1), "{line:?}");
        assert!(!line.trim_end().contains(char::is_control), "{line:?}");
        assert_eq!(
            fields.len(),
            6 + usize::from(config.multiplexing_asked),
            "{line}"
        );
        assert_eq!((fields[0], fields[1], fields[4]), ("1", "6", "grpc"));
        assert_eq!(
            fields[5].is_empty(),
            certificate.is_none_or(<[u8]>::is_empty)
        );
    };
    is_line(&line(&Address::Tcp(
        ([127, 0, 0, 1], config.ports.0).into(),
    )));
    #[cfg(unix)]
    {
        let name = "plugin-0123456789ab";
        let parent = config.socket_dir.as_deref();
        if let Some((path, socket)) = parent.and_then(|parent| place(parent, name)) {
            assert!(PathBuf::from(&socket).starts_with(path));
            assert!(socket.len() <= 103);
            is_line(&line(&Address::Unix(socket)));
        }
    }
}
