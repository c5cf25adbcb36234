//! What a process takes, as Linux tells it.

use std::fmt;

/// Memory of one process, in KiB.
#[derive(Clone, Copy)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// Resident at most so far.
    pub peak: u64,
    /// Its share of what is resident now: pages that several processes have count in part.
    pub share: u64,
}

impl Memory {
    /// Of this process, now.
    pub fn of(process: u32) -> Self {
        let read = |file| std::fs::read_to_string(format!("/proc/{process}/{file}")).unwrap();
        let (status, rollup) = (read("status"), read("smaps_rollup"));
        Self {
            resident: field(&status, "VmRSS:"),
            peak: field(&status, "VmHWM:"),
            share: field(&rollup, "Pss:"),
        }
    }

    /// The peak, in MiB.
    pub fn peak_mib(&self) -> u64 {
        self.peak >> 10
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            resident,
            peak,
            share,
        } = self;
        write!(
            f,
            "{resident} KiB resident, {peak} KiB at most, {share} KiB of its own"
        )
    }
}

fn field(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().split_whitespace().next().unwrap();
    number.parse().unwrap()
}
