//! The client against a server on loopback that misbehaves on demand.

mod faults;
mod fuzz;
mod key;
mod limits;
mod log;
mod server;
mod stop;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::server::{Reply, Server};
use super::data_source::GrafanaUpdate;
use super::{
    Client, ClientError, ClientSettings, DataSourceId, DataSourceUpdate, Endpoint, Secret,
    UpdateResult,
};

const KEY: &str = "inc_0123456789";
const TOKEN: &str = "glsa_\"<abc>/+é";

const SOURCE: &str = r#"{"data_source":{"id":"01G","name":"Production","provider":"grafana","source_type":"grafana",
    "enabled":true,"created_at":"2021-08-17T13:28:57.801578Z","updated_at":"2026-07-01T12:00:00Z","version":"8.5.27"}}"#;

/// Settings towards `endpoint` that let no test wait for long.
fn settings(endpoint: &str) -> ClientSettings {
    let mut settings = ClientSettings::new(Secret::new(KEY.to_owned()));
    settings.endpoint = Endpoint::parse(endpoint).unwrap();
    settings.request_timeout = Duration::from_secs(20);
    settings
}

/// A client whose back-off is a matter of milliseconds.
fn client(settings: ClientSettings) -> Client {
    let mut client = Client::new(settings).unwrap();
    Arc::get_mut(&mut client.transport)
        .unwrap()
        .policy
        .first_wait = Duration::from_millis(2);
    client
}

fn read() -> DataSourceUpdate {
    DataSourceUpdate::default()
}

fn rotation() -> DataSourceUpdate {
    let api_key = Some(Secret::new(TOKEN.to_owned()));
    DataSourceUpdate {
        grafana_config: Some(GrafanaUpdate {
            api_key,
            api_url: None,
        }),
        ..read()
    }
}

async fn put(client: &Client, update: &DataSourceUpdate) -> Result<UpdateResult, ClientError> {
    put_until(client, update, &CancellationToken::new()).await
}

async fn put_until(
    client: &Client,
    update: &DataSourceUpdate,
    stop: &CancellationToken,
) -> Result<UpdateResult, ClientError> {
    client
        .update_data_source(&DataSourceId::parse("a/b").unwrap(), update, stop)
        .await
}

/// One request to a server that answers with each of `replies` in turn, then with the last one for
/// ever.
async fn ask(replies: Vec<Reply>) -> (Result<UpdateResult, ClientError>, Server) {
    let server = Server::start(replies).await;
    let result = put(&client(settings(&server.endpoint())), &rotation()).await;
    (result, server)
}

#[tokio::test]
async fn a_request_and_its_answer() {
    let server = Server::start(vec![
        Reply::json(200, SOURCE).header("date", "Wed, 01 Jul 2026 12:00:01 GMT"),
    ])
    .await;
    let mut settings = settings(&format!("{}/gate/way/", server.endpoint()));
    settings.user_agent = "ours/1 (+https://example.com)".to_owned();
    let updated = put(&client(settings), &rotation()).await.unwrap();
    assert_eq!(updated.data_source.name.as_deref(), Some("Production"));
    assert_eq!(updated.data_source.version.as_deref(), Some("8.5.27"));
    assert!(
        updated
            .window
            .contains(updated.data_source.updated_at.unwrap().parse().unwrap())
    );
    assert!(!updated.window.contains(jiff::Timestamp::UNIX_EPOCH));

    let requests = server.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().collect();
    assert_eq!(
        lines.remove(0),
        "PUT /gate/way/v2/telemetry/data_sources/a%2Fb HTTP/1.1"
    );
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "accept: application/json",
            "authorization: Bearer inc_0123456789",
            &format!("content-length: {}", body.len()),
            "content-type: application/json",
            &format!("host: {}", server.address()),
            "user-agent: ours/1 (+https://example.com)",
        ]
    );
    let body: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"grafana_config": {"api_key": TOKEN}})
    );
}

#[tokio::test]
async fn a_read_sends_an_empty_object() {
    let server = Server::start(vec![Reply::json(200, SOURCE)]).await;
    put(&client(settings(&server.endpoint())), &read())
        .await
        .unwrap();
    assert!(server.requests()[0].ends_with("\r\n\r\n{}"));
}

#[tokio::test]
async fn nothing_is_set_up_before_the_first_request() {
    let client = Client::new(settings("https://127.0.0.1:1")).unwrap();
    assert!(format!("{client:?}").contains("http: OnceCell { value: None }"));
    assert!(!format!("{client:?}").contains(KEY));
    let bad = ClientSettings {
        api_key: Secret::new("inc 1".to_owned()),
        ..settings("https://h")
    };
    let error = Client::new(bad).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the API key cannot be sent: it contains whitespace, a control character or a character \
         outside ASCII"
    );
}

#[test]
fn everything_can_cross_threads() {
    fn crosses<T: Send>(value: T) -> T {
        value
    }
    let client = Client::new(settings("https://h")).unwrap();
    drop(crosses(put(&client, &read())));
    let _ = crosses(ClientError::InvalidCredential(""));
}
