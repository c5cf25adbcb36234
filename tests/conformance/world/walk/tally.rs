//! What walks come to.

/// What was done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    pub walks: u64,
    pub steps: u64,
    pub calls: u64,
    pub checked: u64,
    /// Inconsistent final plans that cannot be helped.
    pub known: u64,
    pub applied: u64,
    pub failures: u64,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.walks += other.walks;
        self.steps += other.steps;
        self.calls += other.calls;
        self.checked += other.checked;
        self.known += other.known;
        self.applied += other.applied;
        self.failures += other.failures;
    }
}
