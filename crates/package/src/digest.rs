//! The two sums that a provider is known by.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::digest::{Digest, SHA256, digest};

use crate::archive::Entry;

/// SHA-256 of bytes in hexadecimal digits: what `SHA256SUMS` has, and `zh:` in a lock file.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hexadecimal(digest(&SHA256, bytes))
}

/// `h1:` in a lock file or mirror: Go's `dirhash.Hash1`. It is a sum of what an archive contains,
/// so that a provider keeps it once unpacked; neither times nor permissions enter it.
pub(crate) fn h1(entries: &[Entry<'_>]) -> String {
    let mut lines: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name, sha256(entry.bytes)))
        .collect();
    lines.sort();
    let listing: Vec<_> = lines
        .into_iter()
        .map(|(name, sum)| format!("{sum}  {name}\n"))
        .collect();
    let sum = digest(&SHA256, listing.concat().as_bytes());
    format!("h1:{}", STANDARD.encode(sum))
}

fn hexadecimal(digest: Digest) -> String {
    // Its Debug has the algorithm in front.
    let digits: Vec<_> = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    digits.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Mode;

    #[test]
    fn h1_is_what_go_makes() {
        let entry = |name, bytes| Entry {
            name,
            bytes,
            mode: Mode::Text,
        };
        // In no order: the sum has its own.
        let entries = [
            entry("terraform-provider-incident_v1.2.3", &b"\x7fELF binary"[..]),
            entry("LICENSE", b"Mozilla Public License\n"),
            entry("CHANGELOG.md", b""),
        ];
        // dirhash.Hash1 of golang.org/x/mod v0.20.0, of these three.
        assert_eq!(
            h1(&entries),
            "h1:Ctp3WuX4fsTbyoTuXo8QRXcoumVqTaQkGv2jckbZTv8="
        );
        // dirhash.Hash1 of no files.
        assert_eq!(h1(&[]), "h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
