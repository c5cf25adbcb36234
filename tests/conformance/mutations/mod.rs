//! Every rule, broken on purpose: a rule that nothing can violate is a defect.
//!
//! Each case is an answer that is sound, and the same answer with one thing wrong. The sound one
//! breaks nothing, the other one its rule.

mod answers;
mod sides;
mod subject;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use self::answers::answer;
use crate::rules::Rule;

test_support::tests! {
    every_rule_fires_on_a_broken_answer_and_on_no_sound_one,
    every_rule_quotes_its_section;
    sides
}

fn every_rule_fires_on_a_broken_answer_and_on_no_sound_one() {
    let mut table = String::from("rule | section | fires on\n");
    let mut failures = Vec::new();
    for &rule in Rule::ALL {
        let sound = answer(rule, false);
        let broken = answer(rule, true);
        let _ = writeln!(
            table,
            "{rule:?} | {} | {}",
            rule.citation().0,
            broken
                .findings
                .iter()
                .filter(|finding| finding.rule == rule)
                .map(|finding| format!("{:?}", finding.path))
                .collect::<Vec<_>>()
                .join(", ")
        );
        if !sound.findings.is_empty() || sound.checked == 0 {
            failures.push(format!(
                "{rule:?} finds in a sound answer: {:?}",
                sound.findings
            ));
        }
        if !broken.breaks(rule) {
            failures.push(format!("{rule:?} does not fire: {:?}", broken.findings));
        }
    }
    eprintln!("{table}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// The sections of core-rules.md by number.
fn sections() -> BTreeMap<&'static str, String> {
    let text = include_str!("../../../crates/terraform-plugin/docs/core-rules.md");
    let mut sections = BTreeMap::<_, String>::new();
    let mut number = "";
    for line in text.lines() {
        if let Some(title) = line.strip_prefix("##") {
            let title = title.trim_start_matches(['#', ' ']);
            number = title
                .split(' ')
                .next()
                .unwrap_or_default()
                .trim_end_matches('.');
        }
        // One line, so that a quotation may run over a line break.
        let section = sections.entry(number).or_default();
        section.push_str(line.trim_start());
        section.push(' ');
    }
    sections
}

fn every_rule_quotes_its_section() {
    let sections = sections();
    for rule in Rule::ALL {
        let (section, quote) = rule.citation();
        let text = sections
            .get(section)
            .map(String::as_str)
            .unwrap_or_default();
        assert!(
            text.contains(quote),
            "{rule:?} is not in section {section}: {quote}"
        );
    }
}
