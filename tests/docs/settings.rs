//! The provider's settings as a table, on the provider's page and in README.md.

use terraform_provider_incident::{SETTINGS, Setting};

/// The README puts the table between these.
const BEGIN: &str = "<!-- settings: written by UPDATE_DOCS=1 cargo test --test docs -->\n";
const END: &str = "\n<!-- /settings -->";

/// A row a setting. On a page without the schema, `with_words` says what each is for.
pub(crate) fn table(with_words: bool) -> String {
    let code = |text: Option<&str>| text.map_or(String::new(), |text| format!("`{text}` "));
    let row = |setting: &Setting| {
        let name = setting.name;
        let (variable, default) = (code(setting.variable), code(setting.default));
        let words = if with_words {
            format!(" {} |", first_sentence(setting.words))
        } else {
            String::new()
        };
        format!("\n| `{name}` | {variable}| {default}|{words}")
    };
    let more = if with_words { [" |", "---|"] } else { ["", ""] };
    let head = format!(
        "| Setting | Environment variable | Default |{}\n|---|---|---|{}",
        more[0], more[1]
    );
    SETTINGS
        .iter()
        .map(row)
        .fold(head, |table, row| table + &row)
}

/// The README with the table of today.
pub(crate) fn readme(text: &str) -> String {
    let (before, rest) = text.split_once(BEGIN).expect("where the table begins");
    let (_, after) = rest.split_once(END).expect("where the table ends");
    [before, BEGIN, &table(true), END, after].concat()
}

fn first_sentence(words: &str) -> &str {
    words
        .split_once(". ")
        .map_or(words.trim_end_matches('.'), |(first, _)| first)
}
