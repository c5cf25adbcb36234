//! Packs built providers as registries and mirrors expect them.
//!
//! [`Release`] takes a binary for each [`Platform`] and makes the files of a release: an archive
//! for each, the manifest, and the sums of all of them. [`Release::mirror`] makes of the same
//! archives a folder that Terraform and OpenTofu install from, directly or over HTTPS. Both return
//! files as bytes, which [`write()`] puts into a folder and [`compare`] compares with one: the same
//! binaries make the same bytes, whenever they are packed. [`Developing`] is for those who build it
//! themselves.

mod archive;
mod developing;
mod digest;
mod executable;
mod folder;
mod mirror;
mod platform;
mod release;

use std::io;
use std::path::PathBuf;

pub use developing::Developing;
pub use folder::{Files, compare, write};
pub use platform::Platform;
pub use release::{Addition, Name, Release};

/// Why there is no release.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not `os_arch`, or none that is known here.
    #[error("{0} is not a platform: {names} are", names = Platform::names())]
    Platform(String),
    /// A file or folder that cannot be read or written.
    #[error("{path}: {source}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A binary for another platform than its archive would say.
    #[error("{path} is not an executable for {platform}", path = path.display())]
    Executable {
        /// The binary.
        path: PathBuf,
        /// What it was given for.
        platform: Platform,
    },
    /// Two binaries for one platform, or two files of one name.
    #[error("{0} is given twice")]
    Twice(String),
    /// No binary at all.
    #[error("there is nothing to pack")]
    Nothing,
    /// A folder for a release that holds something else, which would be published with it.
    #[error("{path} is not of this release: take it out, or name another \
        folder", path = .0.display())]
    Stray(PathBuf),
    /// A folder for an executable alone that has something else in it.
    #[error("{path} is beside the provider: take it out, or name another \
        folder", path = .0.display())]
    Beside(PathBuf),
    /// More than one binary where one is wanted.
    #[error("one binary at a time")]
    OneOnly,
    /// A file that is not what these binaries make.
    #[error("{path} is not what was packed from these binaries", path = .0.display())]
    Differs(PathBuf),
    /// A list that a mirror has already, and that is none.
    #[error("{path} does not list what a mirror has", path = .0.display())]
    Index(PathBuf),
    /// An archive that the zip library does not want to write.
    #[error("an archive cannot be written: {0}")]
    Archive(#[from] zip::result::ZipError),
}

impl Error {
    fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}
