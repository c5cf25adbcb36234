//! Each fault, as a client meets it and as the API remembers it.

use std::{
    io::ErrorKind,
    time::{Duration, Instant},
};

use incident_sandbox::{Answer, Escape, Fault, Gate, Options, Sandbox, When, Write};
use serde_json::{Value, json};

use crate::{api::sandbox, client::Client};

const MOMENT: Duration = Duration::from_millis(60);

fn rotation() -> Value {
    json!({"grafana_config": {"api_key": "glsa_new"}})
}

/// Whether the rotation got through.
fn taken(sandbox: &Sandbox) -> bool {
    let key = sandbox.secret("g", "grafana_config.api_key").unwrap();
    let last = sandbox.journal().pop().unwrap();
    assert_eq!(last.applied, key == "glsa_new");
    last.applied
}

#[test]
fn connections_break_without_an_answer() {
    let cases = [
        (Fault::Reset(Write::Lost), ErrorKind::ConnectionReset, false),
        (Fault::Reset(Write::Taken), ErrorKind::ConnectionReset, true),
        (Fault::Close(Write::Lost), ErrorKind::UnexpectedEof, false),
        (Fault::Close(Write::Taken), ErrorKind::UnexpectedEof, true),
        (
            Fault::Hang(Write::Lost, MOMENT),
            ErrorKind::ConnectionReset,
            false,
        ),
        (
            Fault::Hang(Write::Taken, MOMENT),
            ErrorKind::ConnectionReset,
            true,
        ),
        (Fault::HalfAnswer, ErrorKind::UnexpectedEof, true),
        (Fault::LengthTooLong, ErrorKind::UnexpectedEof, true),
        (
            Fault::Garbage(Write::Lost, "\u{0}\u{1} what\r\n\r\n".into()),
            ErrorKind::InvalidData,
            false,
        ),
    ];
    for (fault, kind, applied) in cases {
        let sandbox = sandbox(Options::default());
        sandbox.fault(fault.clone(), When::next());
        let start = Instant::now();
        let error = Client::of(&sandbox).put("g", &rotation()).unwrap_err();
        assert_eq!(error.kind(), kind, "{fault:?}");
        assert_eq!(taken(&sandbox), applied, "{fault:?}");
        // Of a lost answer the journal has the status only where its head was sent.
        let status = sandbox.journal()[0].status;
        let headed = matches!(fault, Fault::HalfAnswer | Fault::LengthTooLong);
        assert_eq!(status, headed.then_some(200), "{fault:?}");
        let hung = start.elapsed() >= MOMENT;
        assert!(hung || !matches!(fault, Fault::Hang(..)), "{fault:?}");
        // The next one is served as ever.
        assert_eq!(
            Client::of(&sandbox).put("g", &rotation()).unwrap().status,
            200
        );
        assert_eq!(sandbox.pending_faults(), 0);
    }
}

#[test]
fn a_hang_ends_with_the_client_and_with_the_sandbox() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(Fault::Hang(Write::Lost, Duration::MAX), When::always());
    let mut client = Client::of(&sandbox);
    let sender = std::thread::spawn(move || client.put("g", &json!({})));
    assert!(sandbox.wait_until(Duration::from_secs(5), |journal| journal.len() == 1));
    let start = Instant::now();
    drop(sandbox);
    assert!(sender.join().unwrap().is_err());
    assert!(start.elapsed() < Duration::from_secs(2));
}

#[test]
fn half_an_answer_has_its_head() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(Fault::HalfAnswer, When::next());
    let mut client = Client::of(&sandbox);
    client.raw(request().as_bytes()).unwrap();
    let bytes = String::from_utf8(client.rest().unwrap()).unwrap();
    assert!(bytes.starts_with("HTTP/1.1 200 OK\r\n"), "{bytes}");
    assert!(
        bytes.contains(r#"{"data_source":{"#) && !bytes.ends_with('}'),
        "{bytes}"
    );
    assert_eq!(sandbox.journal()[0].status, Some(200));
}

#[test]
fn a_short_length_leaves_bytes_over() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(Fault::LengthTooShort, When::next());
    let mut client = Client::of(&sandbox);
    let reply = client.put("g", &rotation()).unwrap();
    assert!(serde_json::from_slice::<Value>(&reply.body).is_err());
    let whole = [reply.body, client.rest().unwrap()].concat();
    assert!(serde_json::from_slice::<Value>(&whole).is_ok());
}

#[test]
fn a_drip_arrives_in_the_end() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(
        Fault::Drip {
            pause: Duration::ZERO,
        },
        When::next(),
    );
    let reply = Client::of(&sandbox).put("g", &rotation()).unwrap();
    assert_eq!(reply.source("id"), "g");
    assert!(taken(&sandbox));
}

#[test]
fn slowness_falls_before_or_after_the_write() {
    let sandbox = sandbox(Options::default());
    let pause = MOMENT * 8;
    for (fault, late_write) in [
        (Fault::SlowToTake(pause), true),
        (Fault::SlowToAnswer(pause), false),
    ] {
        let old = "glsa_seeded";
        let dashboard = sandbox.dashboard();
        dashboard
            .rotate("g", "grafana_config.api_key", old)
            .unwrap();
        sandbox.take_journal();
        sandbox.fault(fault, When::next());
        let mut client = Client::of(&sandbox);
        let sender = std::thread::spawn(move || client.put("g", &rotation()));
        let under_way = sandbox.wait_until(Duration::from_secs(5), |journal| {
            let mut entries = journal.iter();
            entries.any(|entry| entry.applied != late_write && entry.status.is_none())
        });
        assert!(under_way);
        assert_eq!(taken(&sandbox), !late_write);
        assert_eq!(sender.join().unwrap().unwrap().status, 200);
        assert!(taken(&sandbox));
    }
}

#[test]
fn a_write_goes_with_a_client_that_leaves() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(Fault::SlowToTake(MOMENT * 5), When::next());
    let mut client = Client::of(&sandbox);
    client.raw(request().as_bytes()).unwrap();
    assert!(sandbox.wait_until(Duration::from_secs(5), |journal| journal.len() == 1));
    drop(client);
    std::thread::sleep(MOMENT * 8);
    assert!(!taken(&sandbox));
    assert_eq!(sandbox.journal()[0].status, None);
}

#[test]
fn refusal_lasts_and_passes() {
    let sandbox = sandbox(Options::default());
    sandbox.fault(
        Fault::Refuse {
            lasting: MOMENT * 15,
        },
        When::next().writes(),
    );
    let mut idle = Client::of(&sandbox);
    assert_eq!(idle.put("g", &json!({})).unwrap().status, 200);
    let mut client = Client::of(&sandbox);
    let error = client.put("g", &rotation()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    let error = Client::connect(sandbox.address()).err().unwrap();
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(idle.put("g", &json!({})).is_err());
    assert!(!taken(&sandbox));
    let give_up = Instant::now() + Duration::from_secs(10);
    let mut client = loop {
        match Client::connect(sandbox.address()) {
            Ok(client) => break client,
            Err(error) => assert!(Instant::now() < give_up, "{error}"),
        }
        std::thread::sleep(MOMENT);
    };
    assert_eq!(client.put("g", &rotation()).unwrap().status, 200);
}

#[test]
fn the_gate_refuses_resets_and_opens() {
    let sandbox = sandbox(Options::default());
    for _ in 0..3 {
        sandbox.gate(Gate::Closed);
        sandbox.gate(Gate::Closed);
        let error = Client::connect(sandbox.address()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
        sandbox.gate(Gate::Open);
        let mut early = Client::of(&sandbox);
        assert_eq!(early.put("g", &json!({})).unwrap().status, 200);
        sandbox.gate(Gate::Resets);
        let late =
            Client::connect(sandbox.address()).and_then(|mut late| late.put("g", &json!({})));
        assert!(late.is_err());
        assert_eq!(early.put("g", &json!({})).unwrap().status, 200);
        sandbox.gate(Gate::Open);
    }
    assert_eq!(sandbox.count(), 6);
}

#[test]
fn other_peoples_answers() {
    let in_a_minute = "Thu, 17 Apr 2025 11:17:18 UTC";
    let cases = [
        Answer::rate_limited().header("retry-after", "1"),
        Answer::rate_limited().header("retry-after", "Thu, 17 Apr 2025 11:17:18 GMT"),
        Answer::rate_limited_until(in_a_minute),
        Answer::status(500),
        Answer::html(502),
        Answer::html(200),
        Answer::status(503).header("retry-after", "0"),
        Answer::json(504, &json!({"message": "upstream timeout"})),
        Answer::status(200),
        Answer::json(200, &json!([{"id": 7}])),
        Answer::redirect("http://127.0.0.1:1/elsewhere"),
        Answer::status(407).header("proxy-authenticate", "Basic realm=\"proxy\""),
        Answer::status(204),
        Answer::status(299).header("bad name\r\n", "bad\r\nvalue"),
    ];
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    for answer in cases {
        for (write, applied) in [(Write::Lost, false), (Write::Taken, true)] {
            let reset = sandbox
                .dashboard()
                .rotate("g", "grafana_config.api_key", "old");
            reset.unwrap();
            sandbox.fault(Fault::Answer(write, answer.clone()), When::next());
            let reply = client.put("g", &rotation()).unwrap();
            assert_eq!(reply.status, answer.code());
            assert!(reply.header("date").is_some());
            assert_eq!(taken(&sandbox), applied, "{answer:?}");
        }
    }
    assert_eq!(Answer::status(7).code(), 500);
    assert_eq!(Answer::status(100).code(), 500);
}

#[test]
fn huge_answers_are_as_long_as_they_say() {
    let sandbox = sandbox(Options::default());
    let length = 5_000_000;
    sandbox.fault(
        Fault::Answer(Write::Lost, Answer::huge(length)),
        When::next(),
    );
    let reply = Client::of(&sandbox).put("g", &json!({})).unwrap();
    assert_eq!(reply.body.len() as u64, length);
    let answer = Answer::huge(length).chunked();
    sandbox.fault(Fault::Answer(Write::Lost, answer), When::next());
    let mut client = Client::of(&sandbox);
    let request = request().replace("host:", "connection: close\r\nhost:");
    client.raw(request.as_bytes()).unwrap();
    let reply = client.reply().unwrap();
    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
    assert!(reply.body.len() as u64 > length);
}

#[test]
fn messages_repeat_secrets() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let body = json!({"datadog_config": {"api_key": "a\"&b", "app_key": "c d"}});
    let cases = [
        (Escape::Plain, "a\"&b", "c d"),
        (Escape::Json, "a\\\"\\u0026b", "c d"),
        (Escape::Url, "a%22%26b", "c%20d"),
    ];
    for (escape, api_key, app_key) in cases {
        sandbox.fault(Fault::Echo(escape), When::next().times(2));
        let reply = client.put("d", &body).unwrap();
        assert_eq!(reply.status, 422);
        let errors = reply.json()["errors"].clone();
        assert_eq!(errors[0]["source"]["field"], "datadog_config.api_key");
        assert!(
            errors[0]["message"].as_str().unwrap().contains(api_key),
            "{errors}"
        );
        assert!(
            errors[1]["message"].as_str().unwrap().contains(app_key),
            "{errors}"
        );
        let read = client.put("d", &json!({})).unwrap().json();
        let message = read["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("sandbox"), "{message}");
    }
    assert_eq!(
        sandbox.secret("d", "datadog_config.api_key").unwrap(),
        "seeded-api-key"
    );
}

#[test]
fn faults_queue_and_choose() {
    let sandbox = sandbox(Options::default());
    let mut client = Client::of(&sandbox);
    let say = |status: u16| Fault::Answer(Write::Lost, Answer::status(status));
    sandbox.fault(say(501), When::next());
    sandbox.fault(say(502), When::next());
    sandbox.fault(say(503), When::nth(4));
    sandbox.fault(say(504), When::next().writes().on("d"));
    sandbox.fault(say(505), When::nth(2).reads().on("d").times(2));
    let mut status = |id: &str, body: &Value| client.put(id, body).unwrap().status;
    let (read, write) = (json!({}), json!({"name": "N"}));
    assert_eq!(status("g", &read), 501);
    assert_eq!(status("g", &read), 502);
    assert_eq!(status("g", &write), 200);
    assert_eq!(status("g", &read), 503);
    assert_eq!(status("d", &read), 200);
    assert_eq!(status("g", &write), 200);
    assert_eq!(status("d", &write), 504);
    assert_eq!(status("d", &write), 200);
    assert_eq!(status("d", &read), 505);
    assert_eq!(status("d", &read), 505);
    assert_eq!(status("d", &read), 200);
    assert_eq!(sandbox.pending_faults(), 0);
    sandbox.fault(
        say(500),
        When::always().matching(|entry| entry.user_agent() == Some("test/1")),
    );
    assert_eq!([status("d", &read), status("g", &write)], [500, 500]);
    sandbox.clear_faults();
    assert_eq!(status("d", &read), 200);
}

#[test]
fn nonsense_harms_nobody() {
    let sandbox = sandbox(Options::default());
    for bytes in [
        "\r\n\r\n\r\n",
        "GET",
        "PUT /v2 HTTP/9.9\r\n\r\n",
        "PUT * HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n",
        "PUT /v2/telemetry/data_sources/g HTTP/1.1\r\ncontent-length: 99\r\n\r\n{",
        "PUT /v2/telemetry/data_sources/g HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        "PUT /v2/telemetry/data_sources/g HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        "CONNECT sandbox:443 HTTP/1.1\r\nhost: x\r\n\r\n",
    ] {
        let mut client = Client::of(&sandbox);
        client.raw(bytes.as_bytes()).unwrap();
    }
    let mut client = Client::of(&sandbox);
    let body = vec![b' '; (16 << 20) + 1];
    let headers = [
        ("authorization", "Bearer sandbox-key"),
        ("content-type", "application/json"),
    ];
    // The answer may come, and the connection close, before all of it is sent.
    if let Ok(reply) = client.send("PUT", "/v2/telemetry/data_sources/g", &headers, &body) {
        assert_eq!(reply.status, 413);
    }
    assert_eq!(
        Client::of(&sandbox).put("g", &json!({})).unwrap().status,
        200
    );
}

/// The rotation as bytes.
fn request() -> String {
    let body = rotation().to_string();
    format!(
        "PUT /v2/telemetry/data_sources/g HTTP/1.1\r\nhost: sandbox\r\n\
         authorization: Bearer sandbox-key\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}
