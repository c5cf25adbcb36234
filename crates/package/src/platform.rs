//! Where a provider runs, in the words of registries.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// An operating system and an architecture, as Go names them: `linux_amd64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// macOS on Intel.
    DarwinAmd64,
    /// macOS on Apple's own processors.
    DarwinArm64,
    /// Linux on x86-64.
    LinuxAmd64,
    /// Linux on 64-bit ARM.
    LinuxArm64,
    /// Windows on x86-64.
    WindowsAmd64,
    /// Windows on 64-bit ARM.
    WindowsArm64,
}

impl Platform {
    /// All that are released.
    pub const ALL: [Self; 6] = [
        Self::DarwinAmd64,
        Self::DarwinArm64,
        Self::LinuxAmd64,
        Self::LinuxArm64,
        Self::WindowsAmd64,
        Self::WindowsArm64,
    ];

    /// The one that this program runs on, if a provider is released for it.
    pub fn host() -> Option<Self> {
        let os = match std::env::consts::OS {
            "macos" => "darwin",
            other => other,
        };
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            _ => return None,
        };
        format!("{os}_{architecture}").parse().ok()
    }

    /// `linux_amd64`.
    pub fn name(self) -> &'static str {
        match self {
            Self::DarwinAmd64 => "darwin_amd64",
            Self::DarwinArm64 => "darwin_arm64",
            Self::LinuxAmd64 => "linux_amd64",
            Self::LinuxArm64 => "linux_arm64",
            Self::WindowsAmd64 => "windows_amd64",
            Self::WindowsArm64 => "windows_arm64",
        }
    }

    /// What the names of executables end in: `.exe`, or nothing.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::WindowsAmd64 | Self::WindowsArm64 => ".exe",
            _ => "",
        }
    }

    /// For messages.
    pub(crate) fn names() -> String {
        Self::ALL.map(Self::name).join(", ")
    }
}

impl FromStr for Platform {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let mut all = Self::ALL.into_iter();
        all.find(|platform| platform.name() == text)
            .ok_or_else(|| Error::Platform(text.to_owned()))
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back() {
        for platform in Platform::ALL {
            assert_eq!(platform.to_string().parse::<Platform>().unwrap(), platform);
        }
        for other in ["", "linux", "linux-amd64", "LINUX_AMD64", "linux_amd64 "] {
            assert!(other.parse::<Platform>().is_err(), "{other:?}");
        }
    }
}
