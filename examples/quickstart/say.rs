//! What is said: in colour on a terminal, unless `NO_COLOR` is set, and plain elsewhere. Whoever
//! stops reading ends the walk, without a word.

use std::fmt::Display;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use incident_sandbox::Entry;

const HEADING: Style = Style::new().bold();
const COMMAND: Style = AnsiColor::Cyan.on_default();
const ADDED: Style = AnsiColor::Green.on_default();
const CHANGED: Style = AnsiColor::Yellow.on_default();
const REMOVED: Style = AnsiColor::Red.on_default();
const SENT: Style = AnsiColor::Magenta.on_default();
const PLAIN: Style = Style::new();

/// The signs that lines of a plan begin with, and the words of diagnostics.
const SIGNS: [(&str, Style); 7] = [
    ("+ ", ADDED),
    ("~ ", CHANGED),
    ("- ", REMOVED),
    ("# ", HEADING),
    ("Plan: ", HEADING),
    ("Warning: ", CHANGED),
    ("Error: ", REMOVED),
];

/// What a step is about.
pub(crate) fn heading(text: &str) -> io::Result<()> {
    write(&format!("\n{HEADING}{text}{HEADING:#}\n\n"))
}

/// A sentence between steps.
pub(crate) fn text(text: impl Display) -> io::Result<()> {
    write(&format!("{text}\n"))
}

/// A command that is about to be run.
pub(crate) fn command(command: &str) -> io::Result<()> {
    write(&format!("   {COMMAND}$ {command}{COMMAND:#}\n\n"))
}

/// What a command, or the provider, has to say: set off, and in the colours of plans.
pub(crate) fn output(text: &str) -> io::Result<()> {
    for line in text.lines() {
        let words = line.trim_start_matches(['│', ' ']);
        let sign = SIGNS.iter().find(|(sign, _)| words.starts_with(sign));
        let style = sign.map_or(PLAIN, |(_, style)| *style);
        write(format!("   {style}{line}{style:#}").trim_end())?;
        write("\n")?;
    }
    Ok(())
}

/// What the API was sent, without these keys.
pub(crate) fn requests(journal: &[Entry], keys: &[&str]) -> io::Result<()> {
    write("\n")?;
    if journal.is_empty() {
        write(&format!("   {SENT}-> no request{SENT:#}\n"))?;
    }
    for entry in journal {
        let body = String::from_utf8_lossy(&entry.raw_body).into_owned();
        let body = keys.iter().fold(body, |body, key| body.replace(key, "…"));
        let (method, path) = (&entry.method, &entry.path);
        let status = entry.status.unwrap_or_default();
        write(&format!(
            "   {SENT}-> {method} {path} {body}: {status}{SENT:#}\n"
        ))?;
    }
    Ok(())
}

fn write(text: &str) -> io::Result<()> {
    anstream::stdout().write_all(text.as_bytes())
}
