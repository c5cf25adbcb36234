//! Debug mode: somebody starts the process, with a debugger perhaps, and has Terraform attach to
//! it.
//!
//! There is no cookie, no handshake and no TLS then, and Terraform does not end the process.

use std::io::{self, Write as _};

use serde_json::{Map, Value, json};

use super::error::Error;
use super::listener::Address;

const VARIABLE: &str = "TF_REATTACH_PROVIDERS";

/// Prints what to set for Terraform to attach to this process.
///
/// `providers` are the provider's source addresses in full, with their registries.
pub(super) fn announce(providers: &[String], address: &Address) -> Result<(), Error> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(instructions(&reattach(providers, address, std::process::id())).as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(Error::Announce)
}

/// The same process under each address: a client uses the one that its configuration stands for.
fn reattach(providers: &[String], address: &Address, pid: u32) -> String {
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
    let providers = providers.iter();
    let all: Map<_, _> = providers
        .map(|provider| (provider.clone(), reattach.clone()))
        .collect();
    Value::Object(all).to_string()
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
        "The provider is running, until interrupted with Ctrl-C. For Terraform or OpenTofu to use \
         this process, set:\n\n{assignments}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_terraform_reads() {
        let address = Address::Tcp(([127, 0, 0, 1], 4000).into());
        let providers = ["registry.terraform.io", "registry.opentofu.org"];
        let providers = providers.map(|registry| format!("{registry}/acme/probe"));
        let text = reattach(&providers, &address, 123);
        let value: Value = serde_json::from_str(&text).unwrap();
        let process = json!({
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": 123,
            "Test": true,
            "Addr": {"Network": "tcp", "String": "127.0.0.1:4000"},
        });
        let expected = json!({ &providers[0]: process, &providers[1]: process });
        assert_eq!(value, expected);
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
