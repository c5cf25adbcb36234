//! The results as tables, and `docs/performance.md` with them in it.

use std::fmt::Write as _;
use std::path::Path;

use crate::launch::Start;
use crate::plan::Plans;
use crate::statistics::{above, mebibytes, millis};
use crate::{Outcome, chart};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.svg");

/// Sections by the name that their markers on the page bear.
pub(crate) struct Report {
    sections: Vec<(&'static str, String)>,
    plans: Vec<(usize, [f64; 4])>,
}

impl Report {
    pub(crate) fn new() -> Self {
        Self {
            sections: Vec::new(),
            plans: Vec::new(),
        }
    }

    /// What a start costs.
    pub(crate) fn start(&mut self, start: &Start) {
        let mut text = String::from(
            "| | median | least | peak memory | page faults |\n|---|---|---|---|---|\n",
        );
        let mut row = |what: &str, times: &crate::launch::Times, peak: u64, faults: &str| {
            let (median, least) = (millis(times.median), millis(times.least));
            let peak = mebibytes(peak);
            // Writing to a string cannot fail.
            let _: std::fmt::Result =
                writeln!(text, "| {what} | {median} | {least} | {peak} | {faults} |");
        };
        row(
            "a process that only prints a line",
            &start.floor,
            start.floor_usage.peak,
            &start.floor_usage.faults.to_string(),
        );
        row(
            "spawn to handshake line",
            &start.handshake,
            start.usage.peak,
            &start.usage.faults.to_string(),
        );
        row(
            "spawn to first GetProviderSchema",
            &start.schema,
            start.schema_peak,
            "",
        );
        let _: std::fmt::Result = write!(
            text,
            "\nStripped release binary: {} ({} bytes). {} launches each, in turn.",
            mebibytes(start.size / 1024),
            start.size,
            start.rounds,
        );
        self.sections.push(("start", text));
    }

    /// The sandbox by itself.
    pub(crate) fn sandbox(&mut self, requests_per_second: u32) {
        self.sections.push((
            "sandbox",
            format!(
                "The sandbox alone answers {requests_per_second} requests a second over ten connections."
            ),
        ));
    }

    /// Plans, one row each.
    pub(crate) fn plans(&mut self, plans: &[Plans]) {
        let mut text = String::from(
            "| resources | API at | floor | provider | over the floor | without requests, over the floor | constant answers, over the floor | processes | their CPU time | their peak memory |\n\
             |---|---|---|---|---|---|---|---|---|---|\n",
        );
        for each in plans {
            let (mut unread, mut constant) = (String::new(), String::new());
            if let Some(other) = &each.asking_nobody {
                unread = above(other.without_requests, each.floor);
                constant = above(other.constant, each.floor);
                let times = [
                    each.floor,
                    other.constant,
                    other.without_requests,
                    each.provider,
                ];
                self.plans
                    .push((each.size, times.map(|time| time.as_secs_f64())));
            }
            let _: std::fmt::Result = writeln!(
                text,
                "| {} | {} ms | {} | {} | {} | {unread} | {constant} | {} | {} | {} |",
                each.size,
                each.latency.as_millis(),
                millis(each.floor),
                millis(each.provider),
                above(each.provider, each.floor),
                each.processes,
                millis(each.cpu),
                mebibytes(each.peak),
            );
        }
        text.push_str("\nMedians of rounds in turn:");
        for each in plans {
            let latency = each.latency.as_millis();
            let _: std::fmt::Result =
                write!(text, " {} of {} at {latency} ms,", each.rounds, each.size);
        }
        text.pop();
        text.push_str(". Every plan of the provider made exactly one request for each resource.");
        self.sections.push(("plans", text));
    }

    /// All of it.
    pub(crate) fn text(&self) -> String {
        let texts: Vec<_> = self
            .sections
            .iter()
            .map(|section| section.1.as_str())
            .collect();
        texts.join("\n\n")
    }

    /// Puts each section between its markers on the page, and draws the chart.
    pub(crate) fn write(&self) -> Outcome<()> {
        let mut page = std::fs::read_to_string(PAGE)?;
        for (name, text) in &self.sections {
            let (begin, end) = (format!("<!-- {name}: -->\n"), format!("<!-- :{name} -->"));
            let missing = || format!("{PAGE} lacks the markers of {name}");
            let start = page.find(&begin).ok_or_else(missing)? + begin.len();
            let stop = page.find(&end).ok_or_else(missing)?;
            page.replace_range(start..stop, &format!("{text}\n"));
        }
        if !self.plans.is_empty() {
            chart::draw(Path::new(CHART), &self.plans)?;
        }
        Ok(std::fs::write(PAGE, page)?)
    }
}
