//! Whose certificates are trusted where that is a matter of files: everywhere but on macOS and
//! Windows, whose own verifiers decide there.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls_native_certs::{CertificateResult, load_certs_from_paths};

const FILE: &str = "SSL_CERT_FILE";
const DIRECTORIES: &str = "SSL_CERT_DIR";
/// Where distributions keep all roots in one file; the first that there is counts. As in Go's
/// `crypto/x509`.
const SYSTEM_FILES: [&str; 9] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/etc/openssl/certs/ca-certificates.crt",
];
/// Where they keep them one by one, or an administrator adds some.
const SYSTEM_DIRECTORIES: [&str; 4] = [
    "/etc/ssl/certs",
    "/etc/pki/tls/certs",
    "/usr/local/share/certs",
    "/etc/openssl/certs",
];

/// The roots of the file and the directories that the environment names; for either that it does
/// not name, those of the system. An empty variable names nothing.
///
/// # Errors
/// Names a variable whose file or directories yield nothing, or says that nothing is trusted at
/// all.
pub(super) fn roots(
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<RootCertStore, String> {
    let set = |name| environment(name).filter(|value| !value.is_empty());
    let mut all = Vec::new();
    if let Some(file) = set(FILE).map(PathBuf::from) {
        let found = load_certs_from_paths(Some(&file), None);
        all.extend(named(FILE, &file.display().to_string(), found)?);
    } else if let Some(file) = SYSTEM_FILES
        .iter()
        .map(Path::new)
        .find(|file| file.exists())
    {
        all.extend(load_certs_from_paths(Some(file), None).certs);
    }
    if let Some(list) = set(DIRECTORIES) {
        let mut found = CertificateResult::default();
        for directory in std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()) {
            let more = load_certs_from_paths(None, Some(&directory));
            found.certs.extend(more.certs);
            found.errors.extend(more.errors);
        }
        all.extend(named(DIRECTORIES, &list.display().to_string(), found)?);
    } else {
        for directory in SYSTEM_DIRECTORIES.iter().map(Path::new) {
            all.extend(load_certs_from_paths(None, Some(directory)).certs);
        }
    }
    all.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
    all.dedup();
    let mut roots = RootCertStore::empty();
    // Some roots of old have forms that are not understood any more; nobody misses them.
    roots.add_parsable_certificates(all);
    if roots.is_empty() {
        return Err(format!(
            "this system has no trusted root certificates; install its package of them \
             (ca-certificates), or name a file in {FILE}"
        ));
    }
    Ok(roots)
}

fn named(
    variable: &str,
    value: &str,
    found: CertificateResult,
) -> Result<Vec<CertificateDer<'static>>, String> {
    if !found.certs.is_empty() {
        return Ok(found.certs);
    }
    let cause = match found.errors.first() {
        Some(error) => error.to_string(),
        None => "there is no certificate in PEM form".to_owned(),
    };
    Err(format!(
        "{variable} is {value:?}, which yields no certificate: {cause}"
    ))
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;
    use rcgen::generate_simple_self_signed;

    use super::*;

    fn certificate() -> String {
        let made = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let base64 = BASE64_STANDARD.encode(made.cert.der());
        format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
    }

    fn with(file: Option<&str>, directories: Option<&str>) -> Result<usize, String> {
        let environment = |name: &str| match name {
            FILE => file.map(OsString::from),
            DIRECTORIES => directories.map(OsString::from),
            _ => None,
        };
        roots(&environment).map(|roots| roots.len())
    }

    #[test]
    fn what_the_environment_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        for directory in ["one", "two", "empty"] {
            std::fs::create_dir(path(directory)).unwrap();
        }
        std::fs::write(path("roots.pem"), certificate() + &certificate()).unwrap();
        std::fs::write(path("one/a.pem"), certificate()).unwrap();
        std::fs::write(path("two/b.pem"), certificate()).unwrap();
        std::fs::copy(path("one/a.pem"), path("two/a.pem")).unwrap();
        std::fs::write(path("text.pem"), "no certificate").unwrap();
        let (file, one) = (path("roots.pem"), path("one"));
        let both = format!(":{one}:{}:", path("two"));

        assert_eq!(with(Some(&file), Some(&one)), Ok(3));
        assert_eq!(with(Some(&file), Some(&both)), Ok(4), "no root twice");
        // A file does not take the place of the system's directories, nor they of its file.
        let system = with(None, None).unwrap_or(0);
        assert_eq!(with(Some(""), Some("")).unwrap_or(0), system);
        assert!(with(Some(&file), None).unwrap() >= 2);
        assert!(with(None, Some(&one)).unwrap() >= 1);
        for (variables, variable, value) in [
            (
                (Some("/nowhere/roots.pem"), None),
                FILE,
                "/nowhere/roots.pem",
            ),
            ((Some(&*path("text.pem")), None), FILE, "text.pem"),
            ((Some(&*path("one")), None), FILE, "one"),
            ((None, Some("/nowhere")), DIRECTORIES, "/nowhere"),
            ((Some(&*file), Some(&*path("empty"))), DIRECTORIES, "empty"),
        ] {
            let error = with(variables.0, variables.1).unwrap_err();
            assert!(error.starts_with(&format!("{variable} is \"")), "{error}");
            assert!(
                error.contains(&format!("{value}\", which yields no")),
                "{error}"
            );
        }
    }
}
