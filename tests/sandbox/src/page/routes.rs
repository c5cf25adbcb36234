//! What is at which path.

use bytes::Bytes;
use http::Method;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::view;
use crate::answer::Answer;
use crate::api::World;
use crate::dashboard::Dashboard;
use crate::shared::Shared;
use crate::store::{DataSource, NoSuchSource};

pub(super) fn answer(shared: &Shared, head: &Parts, form: &Bytes) -> Answer {
    let path = head.uri.path();
    let rest = path.strip_prefix("/data-sources/");
    if let Some((id, action)) = rest.and_then(|rest| rest.split_once('/')) {
        if head.method != Method::POST {
            return not_allowed("POST");
        }
        let id = percent_decode_str(id).decode_utf8_lossy();
        return match press(shared, &id, action, form) {
            Ok(source) => readable(&source),
            Err(refusal) => refusal,
        };
    }
    let found = match path {
        "/" => Some(file("text/html", include_str!("page.html"))),
        "/page.css" => Some(file("text/css", include_str!("page.css"))),
        "/page.js" => Some(file("text/javascript", include_str!("page.js"))),
        "/data-sources" => Some(json(shared, view::sources)),
        "/requests" => Some(json(shared, view::requests)),
        _ => None,
    };
    match found {
        Some(_) if head.method != Method::GET => not_allowed("GET"),
        Some(found) => found,
        None => Answer::text(404, "There is nothing at this path.\n"),
    }
}

fn file(kind: &str, text: &'static str) -> Answer {
    Answer::status(200)
        .header("content-type", &format!("{kind}; charset=utf-8"))
        .body(text)
}

fn json(shared: &Shared, view: impl FnOnce(&World) -> Value) -> Answer {
    let mut world = shared.lock();
    world.catch_up();
    readable(&view(&world))
}

/// For people, who read it in a terminal.
fn readable(value: &Value) -> Answer {
    Answer::json(200, &Value::Null).body(format!("{value:#}\n"))
}

fn not_allowed(method: &str) -> Answer {
    let words = format!("{method} is what this path takes.\n");
    Answer::text(405, &words).header("allow", method)
}

/// Does what a button says, and returns the data source as it is then.
fn press(shared: &Shared, id: &str, action: &str, form: &[u8]) -> Result<Value, Answer> {
    let dashboard = Dashboard { shared };
    let given = |name: &str| {
        let mut pairs = form_urlencoded::parse(form);
        let found = pairs.find(|(field, _)| field == name);
        found
            .map(|(_, value)| value.into_owned())
            .filter(|value| !value.trim().is_empty())
    };
    let done = match action {
        "rename" => {
            let name = given("name").ok_or_else(|| bad("A name is needed: name=…"))?;
            dashboard.rename(id, &name).map(drop)
        }
        "disable" => dashboard.disable(id).map(drop),
        "enable" => dashboard.enable(id).map(drop),
        "rotate" => {
            let source = find(shared, id)?;
            let field = key_field(&source, given("field").as_deref())?;
            let made_up = || format!("made up after {}", source.updated_at());
            let value = given("value").unwrap_or_else(made_up);
            dashboard.rotate(id, &field, &value).map(drop)
        }
        "disconnect" => dashboard.delete(id),
        "connect" => dashboard.reconnect(id).map(drop),
        _ => return Err(Answer::text(404, "There is no such button.\n")),
    };
    done.map_err(|error| no_such(&error))?;
    let world = shared.lock();
    let gone = || world.store.disconnected().find(|source| source.id == id);
    let found = match world.store.get(id) {
        Some(source) => view::source(source, true),
        None => gone().map_or(Value::Null, |source| view::source(source, false)),
    };
    Ok(found)
}

fn find(shared: &Shared, id: &str) -> Result<DataSource, Answer> {
    let world = shared.lock();
    let source = world.store.get(id).cloned();
    source.ok_or_else(|| no_such(&NoSuchSource(id.to_owned())))
}

/// The full name of one of the source's keys: the first, unless another is named.
fn key_field(source: &DataSource, short: Option<&str>) -> Result<String, Answer> {
    let keys: &[&str] = match source.provider.as_str() {
        "grafana" => &["api_key"],
        "datadog" => &["api_key", "app_key"],
        _ => &[],
    };
    let named = keys
        .iter()
        .find(|key| short.is_none_or(|short| **key == short));
    match named {
        Some(key) => Ok(format!("{}_config.{key}", source.provider)),
        None => Err(bad(&format!("The keys here are: {}.", keys.join(", ")))),
    }
}

fn no_such(error: &NoSuchSource) -> Answer {
    Answer::text(404, &format!("{error}\n"))
}

fn bad(words: &str) -> Answer {
    Answer::text(400, &format!("{words}\n"))
}
