//! The picture in README.md: what this client says of a rotation, drawn.
//!
//! `UPDATE_DOCS=1 cargo test --test acceptance -- picture` draws it again.

use std::fmt::Write as _;
use std::path::Path;

use test_support::tests;

use crate::scene::{ID, Scene};

tests! { what_the_client_says_is_what_is_drawn }

/// Where the pictures are, seen from README.md, which has to show both.
const LIGHT: &str = "examples/pictures/rotation-light.svg";
const DARK: &str = "examples/pictures/rotation-dark.svg";

/// In the place of each time, since no two runs have the same.
const TIME: &str = "2026-11-02T09:15:27.801578Z";

/// In units of the picture: one character of a typeface in which all are as wide, and one line.
const CHARACTER: usize = 8;
const LINE: usize = 20;
const MARGIN: usize = 20;

/// Colours by what they are for.
struct Palette {
    paper: &'static str,
    frame: &'static str,
    text: &'static str,
    faint: &'static str,
    added: &'static str,
    changed: &'static str,
    removed: &'static str,
}

const PAPER: Palette = Palette {
    paper: "#ffffff",
    frame: "#d0d7de",
    text: "#1f2328",
    faint: "#656d76",
    added: "#116329",
    changed: "#7d4e00",
    removed: "#cf222e",
};

const NIGHT: Palette = Palette {
    paper: "#0d1117",
    frame: "#30363d",
    text: "#e6edf3",
    faint: "#8d96a0",
    added: "#56d364",
    changed: "#e3b341",
    removed: "#ff7b72",
};

/// A piece of a line that looks the same.
#[derive(Clone, Debug, Default, PartialEq)]
struct Piece {
    text: String,
    colour: u32,
    bold: bool,
}

fn what_the_client_says_is_what_is_drawn(scene: &mut Scene) {
    scene.write_only("token", "glsa_one_drawn");
    scene.adopted(&format!(
        "provider \"incident\" {{}}\n\nvariable \"token\" {{\n  type      = string\n  \
         ephemeral = true\n}}\n\nresource \"incident_telemetry_data_source\" \"grafana\" {{\n  \
         data_source_id = \"{ID}\"\n  name           = \"Production Grafana\"\n\n  \
         grafana_config {{\n    api_key_wo = var.token\n  }}\n}}"
    ));
    scene.write_only("token", "glsa_two_drawn");
    let output = scene
        .command(&["plan"])
        .env_remove("TF_CLI_ARGS")
        .env_remove("NO_COLOR")
        .output()
        .expect("the client");
    assert!(output.status.success());
    let lines = plan(&String::from_utf8_lossy(&output.stdout));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).expect("README.md");
    for (name, palette) in [(LIGHT, PAPER), (DARK, NIGHT)] {
        assert!(readme.contains(name), "README.md does not show {name}");
        let (drawn, path) = (picture(&lines, &palette), root.join(name));
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(&path, &drawn).expect("a picture");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            committed.replace("\r\n", "\n") == drawn,
            "{name} is not what the client says: run UPDATE_DOCS=1 cargo test --test acceptance -- \
             picture. It says:\n{lines:#?}"
        );
    }
}

/// The lines of a plan from the first resource to the sum, behind the command, with one time.
fn plan(output: &str) -> Vec<Vec<Piece>> {
    let lines = output.lines().map(pieces);
    let text = |line: &[Piece]| line.iter().map(|piece| &*piece.text).collect::<String>();
    let body = lines.skip_while(|line| !text(line).trim_start().starts_with("# "));
    let mut lines = vec![pieces("$ terraform plan"), Vec::new()];
    for line in body {
        let ends = text(&line).starts_with("Plan: ");
        lines.push(line);
        if ends {
            return lines;
        }
    }
    panic!("a plan with a sum: {output}");
}

/// Takes a line apart where its colours change, by the escape sequences for them.
fn pieces(line: &str) -> Vec<Piece> {
    let mut found = Vec::<Piece>::new();
    let mut now = Piece::default();
    let mut parts = line.split("\u{1b}[");
    let mut take = |now: &Piece, text: &str| {
        let text = without_times(text);
        match found.last_mut() {
            Some(last) if (last.colour, last.bold) == (now.colour, now.bold) => {
                last.text += &text;
            }
            _ if text.is_empty() => {}
            _ => found.push(Piece {
                text,
                ..now.clone()
            }),
        }
    };
    take(&now, parts.next().unwrap_or_default());
    for part in parts {
        let (codes, text) = part.split_once('m').expect("colours, and nothing else");
        for code in codes.split(';') {
            match code.parse().unwrap_or(0) {
                0 => now = Piece::default(),
                1 => now.bold = true,
                colour => now.colour = colour,
            }
        }
        take(&now, text);
    }
    found
}

fn without_times(text: &str) -> String {
    let quoted: Vec<_> = text.split('"').collect();
    let is_time = |part: &str| part.starts_with("20") && part.ends_with('Z') && part.contains('T');
    let parts = quoted.iter();
    let parts: Vec<_> = parts
        .map(|part| if is_time(part) { TIME } else { part })
        .collect();
    parts.join("\"")
}

fn picture(lines: &[Vec<Piece>], palette: &Palette) -> String {
    let length =
        |line: &[Piece]| -> usize { line.iter().map(|piece| piece.text.chars().count()).sum() };
    let columns = lines
        .iter()
        .map(|line| length(line))
        .max()
        .unwrap_or_default();
    let width = 2 * MARGIN + columns * CHARACTER;
    let height = 2 * MARGIN + lines.len() * LINE;
    let Palette { paper, frame, .. } = palette;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>A plan that rotates a token</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"{paper}\" \
         stroke=\"{frame}\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace\" \
         font-size=\"13.33\">\n",
        width - 1,
        height - 1,
    );
    for (row, line) in lines.iter().enumerate() {
        let y = MARGIN + row * LINE + LINE * 3 / 4;
        let mut column = 0;
        for piece in line {
            let (shift, text) = trimmed(&piece.text);
            let count = text.chars().count();
            if count > 0 {
                let x = MARGIN + (column + shift) * CHARACTER;
                // The length keeps columns where they are, whatever typeface there is.
                let _ = writeln!(
                    svg,
                    "<text x=\"{x}\" y=\"{y}\" textLength=\"{}\" fill=\"{}\"{}>{}</text>",
                    count * CHARACTER,
                    colour(piece.colour, palette),
                    if piece.bold {
                        " font-weight=\"bold\""
                    } else {
                        ""
                    },
                    escaped(text),
                );
            }
            column += piece.text.chars().count();
        }
    }
    svg + "</g>\n</svg>\n"
}

/// A text without the blanks around it, and how many stood in front.
fn trimmed(text: &str) -> (usize, &str) {
    let rest = text.trim_start_matches(' ');
    (text.len() - rest.len(), rest.trim_end())
}

/// What a terminal's colour is for in a plan.
fn colour(code: u32, palette: &Palette) -> &'static str {
    match code {
        0 => palette.text,
        31 => palette.removed,
        32 => palette.added,
        33 => palette.changed,
        90 => palette.faint,
        other => panic!("a colour that nobody has mixed: {other}"),
    }
}

/// Blanks stay blanks, which renderers do not agree on otherwise.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    text.replace(' ', "\u{a0}")
}
