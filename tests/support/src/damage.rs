//! Input for the tests that throw anything at whatever reads from outside: codecs, environment,
//! answers, dates.
//!
//! `PROPTEST_CASES` says how many inputs each test makes (256 by default; CI takes more). What once
//! failed is kept under `proptest-regressions/` and tried first.

use proptest::{collection::vec, prelude::*, sample::Index};

/// One damage to some bytes.
#[derive(Debug, Clone)]
enum Damage {
    Replace(Index, u8),
    Remove(Index, Index),
    Insert(Index, Vec<u8>),
    Repeat(Index, Index, u8),
    Cut(Index),
}

/// Bytes without any sense, or one of `seeds` with up to six damages.
pub fn damaged(seeds: &[&[u8]]) -> impl Strategy<Value = Vec<u8>> + use<> {
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|seed| seed.to_vec()).collect();
    let seeded =
        (proptest::sample::select(seeds), vec(damage(), 0..6)).prop_map(|(mut bytes, damages)| {
            for damage in damages {
                damage.to(&mut bytes);
            }
            bytes
        });
    prop_oneof![1 => vec(any::<u8>(), 0..256), 8 => seeded]
}

/// The same as text, with a replacement character where it is none.
pub fn damaged_text(seeds: &[&str]) -> impl Strategy<Value = String> + use<> {
    let seeds: Vec<&[u8]> = seeds.iter().map(|seed| seed.as_bytes()).collect();
    let text = damaged(&seeds).prop_map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    prop_oneof![1 => any::<String>(), 8 => text]
}

fn damage() -> impl Strategy<Value = Damage> {
    let telling = proptest::sample::select(b"\0\"\\{}[]:,. -+0123456789eE\n\r\t\xff<%&;|".to_vec());
    let byte = prop_oneof![any::<u8>(), telling];
    let index = any::<Index>;
    prop_oneof![
        (index(), byte.clone()).prop_map(|(at, byte)| Damage::Replace(at, byte)),
        (index(), index()).prop_map(|(from, to)| Damage::Remove(from, to)),
        (index(), vec(byte, 1..5)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (index(), index(), 1_u8..20).prop_map(|(from, to, times)| Damage::Repeat(from, to, times)),
        index().prop_map(Damage::Cut),
    ]
}

impl Damage {
    fn to(self, bytes: &mut Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let length = bytes.len();
        let range = |from: Index, to: Index| {
            let (from, to) = (from.index(length), to.index(length));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Replace(at, byte) => bytes[at.index(length)] = byte,
            Self::Remove(from, to) => drop(bytes.drain(range(from, to))),
            Self::Insert(at, inserted) => {
                let at = at.index(length);
                bytes.splice(at..at, inserted);
            }
            Self::Repeat(from, to, times) => {
                let range = range(from, to);
                let repeated = bytes[range.clone()].repeat(times.into());
                bytes.splice(range.end..range.end, repeated);
            }
            Self::Cut(at) => bytes.truncate(at.index(length)),
        }
    }
}
