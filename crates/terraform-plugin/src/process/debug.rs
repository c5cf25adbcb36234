//! Debug mode: somebody starts the process, with a debugger perhaps, and has Terraform attach to it.
//!
//! There is no cookie, no handshake and no TLS then, and Terraform does not end the process.

use std::io::{self, Write as _};

use serde_json::json;

use super::error::Error;
use super::listener::Address;

const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// Prints what to set for Terraform to attach to this process.
///
/// `provider` is the provider's source address in full, with its registry.
pub(super) fn announce(provider: &str, address: &Address) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(instructions(&reattach(provider, address, std::process::id())).as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Error::Announce)
}

fn reattach(provider: &str, address: &Address, pid: u32) -> String {
    let reattach = json!({
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": pid,
        // Keeps Terraform from ending the process; without it Terraform itself crashes.
        "Test": true,
        "Addr": {
            "Network": address.network(),
            "String": address.to_string(),
        },
    });
    json!({ provider: reattach }).to_string()
}

fn instructions(reattach: &str) -> String {
    let assignments = if cfg!(windows) {
        let powershell = reattach.replace('\'', "''");
        format!(
            "cmd:\n\tset \"{VARIABLE}={reattach}\"\nPowerShell:\n\t$env:{VARIABLE}='{powershell}'\n"
        )
    } else {
        format!("\t{VARIABLE}='{}'\n", reattach.replace('\'', r#"'"'"'"#))
    };
    format!(
        "The provider is running, until interrupted with Ctrl-C. For Terraform to use this process, set:\n\n{assignments}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terraform_reads() {
        let address = Address::Tcp(([127, 0, 0, 1], 4000).into());
        let text = reattach("registry.terraform.io/acme/probe", &address, 123);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value,
            json!({"registry.terraform.io/acme/probe": {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": 123,
                "Test": true,
                "Addr": {"Network": "tcp", "String": "127.0.0.1:4000"},
            }})
        );
    }

    #[cfg(unix)]
    #[test]
    fn quotes_survive_a_shell() {
        let text = instructions("{'}");
        assert!(
            text.ends_with("\n\tTF_REATTACH_PROVIDERS='{'\"'\"'}'\n"),
            "{text}"
        );
    }
}
