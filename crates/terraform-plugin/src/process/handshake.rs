//! How a run begins: the cookie that says a host started us, and the one line that answers it.
//!
//! The host reads the first line of standard output, whatever it is, so nothing may be printed
//! before it, and nobody looks at what comes after.

use std::io::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::error::Error;
use super::listener::Address;

pub(super) const COOKIE_VARIABLE: &str = "TF_PLUGIN_MAGIC_COOKIE";
pub(super) const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// Version of go-plugin's own protocol: the services beside the provider.
const CORE_VERSION: u32 = 1;

/// The version of the Terraform protocol that we speak. A host offers several
/// (`PLUGIN_PROTOCOL_VERSIONS`). Where this is not among them, it says itself, and better than we
/// could, that the two do not fit.
const PROTOCOL_VERSION: u32 = 6;

/// Makes sure that Terraform or OpenTofu started this process. The cookie is no secret; it only
/// tells a host from somebody trying the executable out.
///
/// # Errors
///
/// [`Error::NotStartedByHost`], whose text explains what to do instead.
pub(crate) fn check_cookie(lookup: impl Fn(&str) -> Option<String>) -> Result<(), Error> {
    match lookup(COOKIE_VARIABLE) {
        Some(cookie) if cookie == COOKIE => Ok(()),
        _ => Err(Error::NotStartedByHost),
    }
}

/// The handshake line's contents.
pub(super) struct Handshake<'a> {
    /// Where we listen, already.
    pub(super) address: &'a Address,
    /// DER of our certificate; `None` when plaintext was agreed on.
    pub(super) certificate: Option<&'a [u8]>,
    /// The host asked whether brokered connections can share this one.
    pub(super) multiplexing_asked: bool,
}

impl Handshake<'_> {
    /// Writes the line to standard output.
    pub(super) fn announce(&self) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        stdout
            .write_all(self.line().as_bytes())
            .and_then(|()| stdout.flush())
            .map_err(Error::Announce)
    }

    pub(super) fn line(&self) -> String {
        // The host decodes base64 without padding, and refuses padding.
        let certificate = self
            .certificate
            .map(|der| STANDARD_NO_PAD.encode(der))
            .unwrap_or_default();
        // Hosts before go-plugin 1.6 take an uninvited seventh field for a piece of the
        // certificate.
        let multiplexing = if self.multiplexing_asked {
            "|false"
        } else {
            ""
        };
        let (network, address) = (self.address.network(), self.address);
        format!(
            "{CORE_VERSION}|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}\
             {multiplexing}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_cookie_will_do() {
        let with = |value: Option<&str>| {
            let value = value.map(str::to_owned);
            check_cookie(move |name| value.clone().filter(|_| name == COOKIE_VARIABLE))
        };
        assert!(with(Some(COOKIE)).is_ok());
        for wrong in [None, Some(""), Some("d602"), Some(&COOKIE.to_uppercase())] {
            assert!(matches!(with(wrong), Err(Error::NotStartedByHost)));
        }
    }

    #[test]
    fn lines() {
        let address = Address::Tcp(([127, 0, 0, 1], 10_000).into());
        let line = |certificate, multiplexing_asked| {
            Handshake {
                address: &address,
                certificate,
                multiplexing_asked,
            }
            .line()
        };
        assert_eq!(line(None, false), "1|6|tcp|127.0.0.1:10000|grpc|\n");
        assert_eq!(line(None, true), "1|6|tcp|127.0.0.1:10000|grpc||false\n");
        // One, two and three bytes: padding would show at the first two.
        for (der, text) in [
            (&[0xfb][..], "+w"),
            (&[0xfb, 0xff], "+/8"),
            (&[1; 3], "AQEB"),
        ] {
            let expected = format!("1|6|tcp|127.0.0.1:10000|grpc|{text}\n");
            assert_eq!(line(Some(der), false), expected);
        }
    }
}
