//! What Linux tells of running processes. The numbers only grow, so a look shortly before the end
//! is as good as one at the end.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What one process has taken so far.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    /// Largest resident set, in KiB.
    pub(crate) peak: u64,
    /// Time on a processor, of all its threads.
    pub(crate) cpu: Duration,
}

/// `None` once the process is gone.
pub(crate) fn usage(pid: u32) -> Option<Usage> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status.lines().find_map(|line| {
        let peak = line.strip_prefix("VmHWM:")?;
        peak.trim().strip_suffix(" kB")?.parse().ok()
    })?;
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten();
    let nanos = tasks.filter_map(|task| {
        let times = fs::read_to_string(task.path().join("schedstat")).ok()?;
        times.split(' ').next()?.parse::<u64>().ok()
    });
    Some(Usage {
        peak,
        cpu: Duration::from_nanos(nanos.sum()),
    })
}

/// The processes that a parent has started, by pid.
pub(crate) type Children = BTreeMap<u32, Usage>;

/// Looks once at those that run `executable`.
pub(crate) fn look(children: &mut Children, parent: u32, executable: &Path) {
    let tasks = fs::read_dir(format!("/proc/{parent}/task"));
    for task in tasks.into_iter().flatten().flatten() {
        let pids = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for pid in pids.split_whitespace().filter_map(|pid| pid.parse().ok()) {
            let runs = fs::read_link(format!("/proc/{pid}/exe"));
            if runs.is_ok_and(|path| path == executable)
                && let Some(usage) = usage(pid)
            {
                children.insert(pid, usage);
            }
        }
    }
}
