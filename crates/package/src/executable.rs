//! What an executable says about where it runs, so that none ends up in the archive of another
//! platform: nothing else would notice before a user does.

use crate::Platform;

/// Whether the headers of a file are those of an executable for this platform.
pub(crate) fn is_for(platform: Platform, bytes: &[u8]) -> bool {
    of(bytes) == Some(platform)
}

/// ELF, Mach-O and PE, in the order of `Platform`'s systems. All of them are little-endian here.
fn of(bytes: &[u8]) -> Option<Platform> {
    match bytes.get(..4)? {
        b"\x7fELF" => match number(bytes, 18)? & 0xffff {
            0x3e => Some(Platform::LinuxAmd64),
            0xb7 => Some(Platform::LinuxArm64),
            _ => None,
        },
        [0xcf, 0xfa, 0xed, 0xfe] => match number(bytes, 4)? {
            0x0100_0007 => Some(Platform::DarwinAmd64),
            0x0100_000c => Some(Platform::DarwinArm64),
            _ => None,
        },
        [b'M', b'Z', ..] => {
            let header = bytes.get(usize::try_from(number(bytes, 0x3c)?).ok()?..)?;
            match number(header.strip_prefix(b"PE\0\0")?, 0)? & 0xffff {
                0x8664 => Some(Platform::WindowsAmd64),
                0xaa64 => Some(Platform::WindowsArm64),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Four bytes from there on.
fn number(bytes: &[u8], offset: usize) -> Option<u32> {
    let bytes = bytes.get(offset..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// The least that passes for an executable.
#[cfg(test)]
pub(crate) fn sample(platform: Platform) -> Vec<u8> {
    let mut bytes = vec![0; 128];
    let mut put = |offset: usize, part: &[u8]| {
        bytes[offset..offset + part.len()].copy_from_slice(part);
    };
    match platform {
        Platform::LinuxAmd64 | Platform::LinuxArm64 => put(0, b"\x7fELF"),
        Platform::DarwinAmd64 | Platform::DarwinArm64 => put(0, &[0xcf, 0xfa, 0xed, 0xfe]),
        Platform::WindowsAmd64 | Platform::WindowsArm64 => {
            put(0, b"MZ");
            put(0x3c, &[0x40]);
            put(0x40, b"PE\0\0");
        }
    }
    match platform {
        Platform::LinuxAmd64 => put(18, &[0x3e, 0]),
        Platform::LinuxArm64 => put(18, &[0xb7, 0]),
        Platform::DarwinAmd64 => put(4, &[7, 0, 0, 1]),
        Platform::DarwinArm64 => put(4, &[12, 0, 0, 1]),
        Platform::WindowsAmd64 => put(0x44, &[0x64, 0x86]),
        Platform::WindowsArm64 => put(0x44, &[0x64, 0xaa]),
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_name_the_platform() {
        for platform in Platform::ALL {
            assert_eq!(of(&sample(platform)), Some(platform));
        }
    }

    #[test]
    fn anything_else_is_for_none() {
        for bytes in [&b""[..], b"MZ", b"MZ\0\0", b"#!/bin/sh\nexit\n", b"\x7fELF"] {
            assert_eq!(of(bytes), None, "{bytes:?}");
        }
        let mut elsewhere = sample(Platform::WindowsAmd64);
        elsewhere[0x3c] = 0xff;
        assert_eq!(of(&elsewhere), None);
    }

    #[test]
    fn the_tests_run_in_one_that_is_recognised() {
        let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(of(&own), Platform::host());
    }
}
