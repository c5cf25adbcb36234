//! The client that is there, and what a test needs of one.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::terraform::find_cli;

/// Terraform or OpenTofu.
#[derive(Debug, Clone)]
pub struct Client {
    /// The executable.
    pub path: PathBuf,
    /// Whether it is OpenTofu.
    pub is_tofu: bool,
    /// Of 1.x.
    pub minor: u32,
}

impl Client {
    /// Asks for its version.
    ///
    /// # Panics
    ///
    /// It does not start, or is none of the two.
    pub fn new(path: &Path) -> Self {
        let output = Command::new(path)
            .arg("version")
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_CLI_CONFIG_FILE")
            .output()
            .expect("the client starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // There may be warnings before it.
        let mut lines = text.lines();
        let line = lines.find(|line| {
            ["Terraform v", "OpenTofu v"]
                .iter()
                .any(|name| line.starts_with(name))
        });
        let minor = line.and_then(|line| line.split('.').nth(1)?.parse().ok());
        Self {
            path: path.to_owned(),
            is_tofu: text.contains("OpenTofu v"),
            minor: minor.expect("Terraform v1.x.y, or OpenTofu v1.x.y"),
        }
    }

    /// The one to test with, if there is one.
    pub fn find() -> Option<Self> {
        find_cli().map(|path| Self::new(&path))
    }

    /// Whether this is Terraform from 1.`minor` on.
    pub fn is_terraform(&self, minor: u32) -> bool {
        !self.is_tofu && self.minor >= minor
    }

    /// What is missing for a test.
    pub fn lacks(&self, needs: &Needs) -> Option<String> {
        let needed = if self.is_tofu {
            needs.tofu
        } else {
            needs.terraform
        };
        if needed.is_some_and(|needed| self.minor >= needed) {
            return None;
        }
        let terraform = needs.terraform.map(|minor| format!("Terraform 1.{minor}"));
        let tofu = needs.tofu.map(|minor| format!("OpenTofu 1.{minor}"));
        let all: Vec<_> = terraform.into_iter().chain(tofu).collect();
        Some(format!("needs {}", all.join(" or ")))
    }
}

/// The minor versions of 1.x that a test needs. `None`: there is none so far.
#[derive(Debug, Clone, Copy)]
pub struct Needs {
    /// Of Terraform.
    pub terraform: Option<u32>,
    /// Of OpenTofu.
    pub tofu: Option<u32>,
}

/// The oldest that are supported.
pub const ANY: Needs = Needs {
    terraform: Some(8),
    tofu: Some(8),
};

/// Write-only attributes, and ephemeral variables to give them values.
pub const WRITE_ONLY: Needs = Needs {
    terraform: Some(11),
    tofu: Some(11),
};

/// Resource identities.
pub const IDENTITY: Needs = Needs {
    terraform: Some(12),
    tofu: Some(12),
};

/// Actions.
pub const ACTIONS: Needs = Needs {
    terraform: Some(14),
    tofu: None,
};
