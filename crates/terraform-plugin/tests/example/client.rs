//! The client that is there, and what a test needs of one.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Terraform or OpenTofu.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) path: PathBuf,
    pub(crate) is_tofu: bool,
    /// Of 1.x.
    pub(crate) minor: u32,
}

impl Client {
    /// Asks for its version.
    pub(crate) fn new(path: &Path) -> Self {
        let output = Command::new(path)
            .arg("version")
            .env("CHECKPOINT_DISABLE", "1")
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

    /// What is missing for a test.
    pub(crate) fn lacks(&self, needs: &Needs) -> Option<String> {
        let needed = if self.is_tofu {
            needs.tofu
        } else {
            Some(needs.terraform)
        };
        if needed.is_some_and(|needed| self.minor >= needed) {
            return None;
        }
        let tofu = needs.tofu.map(|minor| format!(" or OpenTofu 1.{minor}"));
        Some(format!(
            "needs Terraform 1.{}{}",
            needs.terraform,
            tofu.unwrap_or_default()
        ))
    }
}

/// The minor versions of 1.x that a test needs. `None`: there is none so far.
#[derive(Clone, Copy)]
pub(crate) struct Needs {
    terraform: u32,
    tofu: Option<u32>,
}

pub(crate) const ANY: Needs = Needs {
    terraform: 11,
    tofu: Some(11),
};

pub(crate) const IDENTITY: Needs = Needs {
    terraform: 12,
    tofu: Some(12),
};

pub(crate) const ACTIONS: Needs = Needs {
    terraform: 14,
    tofu: None,
};

/// `TF_ACC_TERRAFORM_PATH`, or terraform or tofu on `PATH`.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("TF_ACC_TERRAFORM_PATH").filter(|path| !path.is_empty());
    named.map(PathBuf::from).or_else(|| {
        let path = std::env::var_os("PATH")?;
        let suffix = std::env::consts::EXE_SUFFIX;
        ["terraform", "tofu"].into_iter().find_map(|name| {
            std::env::split_paths(&path)
                .map(|folder| folder.join(format!("{name}{suffix}")))
                .find(|file| file.is_file())
        })
    })
}
