//! Medians, and how they are written.

use std::time::Duration;

/// The middle one, the upper of two. Zero of none.
pub(crate) fn median<T: Copy + Ord + Default>(values: &[T]) -> T {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The smallest; zero of none.
pub(crate) fn least<T: Copy + Ord + Default>(values: &[T]) -> T {
    values.iter().copied().min().unwrap_or_default()
}

/// Milliseconds with as many decimals as are worth reading.
pub(crate) fn millis(duration: Duration) -> String {
    let millis = duration.as_secs_f64() * 1e3;
    let decimals = if millis < 20.0 { 2 } else { 0 };
    format!("{millis:.decimals$} ms")
}

/// The time above a floor, with its sign.
pub(crate) fn above(duration: Duration, floor: Duration) -> String {
    match duration.checked_sub(floor) {
        Some(above) => format!("+{}", millis(above)),
        None => format!("−{}", millis(floor.abs_diff(duration))),
    }
}

/// KiB as MiB.
pub(crate) fn mebibytes(kibibytes: u64) -> String {
    let tenths = (kibibytes * 10 + 512) / 1024;
    format!("{}.{} MiB", tenths / 10, tenths % 10)
}
