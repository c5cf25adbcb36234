//! What Linux tells of running processes. The numbers only grow, so a look shortly before the end is
//! as good as one at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What one process has taken so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Usage {
    /// Largest resident set, in KiB.
    pub(crate) peak: u64,
    /// Time on a processor, of all its threads.
    pub(crate) cpu: Duration,
    /// Page faults that needed no disk.
    pub(crate) faults: u64,
}

/// `None` once the process is gone.
pub(crate) fn usage(pid: u32) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| {
        let peak = line.strip_prefix("VmHWM:")?;
        peak.trim().strip_suffix(" kB")?.parse().ok()
    })?;
    let mut cpu = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        let times = fs::read_to_string(task.path().join("schedstat")).unwrap_or_default();
        let nanos = times.split(' ').next().and_then(|nanos| nanos.parse().ok());
        cpu += Duration::from_nanos(nanos.unwrap_or(0));
    }
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // After the name, which may hold anything: state, then ten fields, of which minflt is the eighth.
    let faults = stat.rsplit_once(')')?.1.split_whitespace().nth(7)?;
    Some(Usage {
        peak,
        cpu,
        faults: faults.parse().ok()?,
    })
}

/// Follows the processes that `parent` starts from `executable`.
#[derive(Debug, Default)]
pub(crate) struct Children(BTreeMap<u32, Usage>);

impl Children {
    /// Looks once.
    pub(crate) fn look(&mut self, parent: u32, executable: &Path) {
        let Ok(tasks) = fs::read_dir(format!("/proc/{parent}/task")) else {
            return;
        };
        for task in tasks.flatten() {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            for pid in children
                .split_whitespace()
                .filter_map(|pid| pid.parse().ok())
            {
                let runs = fs::read_link(format!("/proc/{pid}/exe"));
                if runs.is_ok_and(|path| path == executable)
                    && let Some(usage) = usage(pid)
                {
                    self.0.insert(pid, usage);
                }
            }
        }
    }

    /// How many processes there were, the time of all of them, and the largest peak in KiB.
    pub(crate) fn total(&self) -> (usize, Duration, u64) {
        let cpu = self.0.values().map(|usage| usage.cpu).sum();
        let peak = self.0.values().map(|usage| usage.peak).max();
        (self.0.len(), cpu, peak.unwrap_or(0))
    }
}
