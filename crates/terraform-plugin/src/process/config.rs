//! What the host says through the environment, as one typed struct.

use std::path::PathBuf;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::Error;

/// What is put behind a provider's name for the variable that forces the kind of listener, `tcp` or
/// `unix`. Ours, not go-plugin's; it lets the TCP side, which otherwise only Windows takes, be run
/// and tested anywhere.
const NETWORK_SUFFIX: &str = "_PLUGIN_NETWORK";

/// Settings of one plugin process, from the `PLUGIN_*` variables of go-plugin.
#[derive(Debug, Default)]
pub(crate) struct Config {
    /// `PLUGIN_CLIENT_CERT`: the one client to serve. Without it the host talks plaintext.
    pub(super) client_certificate: Option<CertificateDer<'static>>,
    /// `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`, inclusive; two zeros leave the choice to the
    /// system.
    pub(super) ports: (u16, u16),
    /// `PLUGIN_UNIX_SOCKET_DIR`: where the socket's own directory is made.
    #[cfg_attr(windows, expect(dead_code, reason = "no unix sockets there"))]
    pub(super) socket_dir: Option<PathBuf>,
    /// `PLUGIN_MULTIPLEX_GRPC` is set: the host wants to read whether we can multiplex.
    pub(super) multiplexing_asked: bool,
    /// The kind of listener.
    pub(super) network: Network,
}

/// A kind of listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// A unix stream socket in a directory of its own.
    Unix,
    /// A TCP socket on the loopback interface.
    Tcp,
}

impl Default for Network {
    fn default() -> Self {
        if cfg!(unix) { Self::Unix } else { Self::Tcp }
    }
}

impl Config {
    /// Reads the variables through `lookup`, which returns `None` for one that is not set. A
    /// variable that is set but empty counts as not set, as it does in go-plugin. `provider_name`
    /// is the provider's name in variables of its own, such as `ACME`.
    ///
    /// # Errors
    ///
    /// A variable holds what cannot be used: a port that is no number, a certificate that is no
    /// PEM.
    pub(crate) fn from_lookup(
        provider_name: &str,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, Error> {
        let lookup = |name: &str| lookup(name).filter(|value| !value.is_empty());
        let port = |name: &'static str| match lookup(name) {
            None => Ok(0),
            Some(value) => value.trim().parse().map_err(|_| Error::Variable {
                name: name.to_owned(),
                expected: "a port number",
            }),
        };
        let client_certificate = lookup("PLUGIN_CLIENT_CERT")
            .map(|pem| CertificateDer::from_pem_slice(pem.as_bytes()))
            .transpose()
            .map_err(|_| Error::Variable {
                name: "PLUGIN_CLIENT_CERT".to_owned(),
                expected: "a certificate in PEM form",
            })?;
        let network_variable = format!("{provider_name}{NETWORK_SUFFIX}");
        let network = match lookup(&network_variable).as_deref() {
            None => Network::default(),
            Some("tcp") => Network::Tcp,
            Some("unix") if cfg!(unix) => Network::Unix,
            Some(_) => {
                return Err(Error::Variable {
                    name: network_variable,
                    expected: "`tcp`, or `unix` where there are unix sockets",
                });
            }
        };
        Ok(Self {
            client_certificate,
            ports: (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?),
            socket_dir: lookup("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            multiplexing_asked: lookup("PLUGIN_MULTIPLEX_GRPC").is_some(),
            network,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection, option, prelude::*};

    use super::*;
    use crate::process::fuzzing::{VARIABLES, any_environment};
    use test_support::damage::damaged_text;

    fn config(variables: &[(&str, &str)]) -> Result<Config, Error> {
        Config::from_lookup("ACME", |name| {
            variables
                .iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn nothing_set() {
        let config = config(&[]).unwrap();
        assert_eq!(config.client_certificate, None);
        assert_eq!(config.ports, (0, 0));
        assert_eq!(config.network, Network::default());
        assert!(!config.multiplexing_asked);
    }

    #[test]
    fn set_but_empty_is_not_set() {
        let config = config(&[
            ("PLUGIN_CLIENT_CERT", ""),
            ("PLUGIN_MULTIPLEX_GRPC", ""),
            ("PLUGIN_MIN_PORT", ""),
        ])
        .unwrap();
        assert_eq!(config.client_certificate, None);
        assert!(!config.multiplexing_asked);
    }

    #[test]
    fn what_terraform_sets() {
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let config = config(&[
            ("PLUGIN_MIN_PORT", "10000"),
            ("PLUGIN_MAX_PORT", "25000"),
            ("PLUGIN_CLIENT_CERT", &pem(key.cert.der())),
        ])
        .unwrap();
        assert_eq!(config.ports, (10_000, 25_000));
        assert_eq!(config.client_certificate.as_ref(), Some(key.cert.der()));
    }

    #[test]
    fn unusable_values_name_their_variable() {
        for (name, value) in [
            ("PLUGIN_MIN_PORT", "ten"),
            ("PLUGIN_MAX_PORT", "70000"),
            ("PLUGIN_CLIENT_CERT", "not a certificate"),
            ("ACME_PLUGIN_NETWORK", "pigeon"),
        ] {
            let error = config(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
            assert!(!error.contains(value), "{error}");
        }
    }

    proptest! {
        #[test]
        fn any_environment_is_understood_or_refused_by_name(
            values in collection::vec(option::of(damaged_text(SEEDS)), VARIABLES.len()),
        ) {
            let variables = VARIABLES.iter().zip(values);
            let variables = variables.filter_map(|(name, value)| Some(format!("{name}={}\0", value?)));
            any_environment(&variables.collect::<String>());
        }
    }

    const SEEDS: &[&str] = &[
        "10000",
        "65536",
        "/tmp/plugin",
        "unix",
        "tcp",
        "true",
        "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUf0a1\nQk1nYw==\n-----END \
         CERTIFICATE-----\n",
    ];

    fn pem(der: &[u8]) -> String {
        use base64::Engine as _;
        let body = base64::engine::general_purpose::STANDARD.encode(der);
        format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
    }
}
