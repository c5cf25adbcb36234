//! An archive that does not tell when, where or how often it was made.

use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::Error;

/// A file in an archive.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    pub(crate) mode: Mode,
}

/// What the file may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Executable,
    Text,
}

/// The entries in this order.
pub(crate) fn pack(entries: &[Entry<'_>]) -> Result<Vec<u8>, Error> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        // All that differs from run to run or from system to system otherwise. The time is the
        // earliest that the format knows.
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::DEFAULT)
            .system(System::Unix)
            .unix_permissions(match entry.mode {
                Mode::Executable => 0o755,
                Mode::Text => 0o644,
            });
        archive.start_file(entry.name, options)?;
        archive
            .write_all(entry.bytes)
            .map_err(zip::result::ZipError::Io)?;
    }
    Ok(archive.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use zip::ZipArchive;

    use super::*;

    #[test]
    fn what_is_packed_is_found_as_it_was() {
        let entries = [
            Entry {
                name: "CHANGELOG.md",
                bytes: b"",
                mode: Mode::Text,
            },
            Entry {
                name: "provider",
                bytes: &[7; 10_000],
                mode: Mode::Executable,
            },
        ];
        let mut archive = ZipArchive::new(Cursor::new(pack(&entries).unwrap())).unwrap();
        assert_eq!(archive.len(), entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let mut found = archive.by_index(index).unwrap();
            assert_eq!(found.name(), entry.name);
            let mode = found.unix_mode().unwrap();
            assert_eq!(mode & 0o7777 == 0o755, entry.mode == Mode::Executable);
            let modified = found.last_modified().unwrap();
            assert_eq!(modified.to_string(), "1980-01-01 00:00:00");
            let mut bytes = Vec::new();
            found.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, entry.bytes);
        }
    }
}
