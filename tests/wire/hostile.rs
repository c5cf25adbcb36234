//! What no host sends: broken, enormous, out of order, twice at a time. An error each, and the
//! process lives.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use incident_sandbox::Options;
use prost::Message as _;
use serde_json::json;
use tonic::Code;
use tonic::body::Body;
use tonic::codegen::{Service as _, http};

use crate::world::{ID, ONE, TWO, block, config, key, sandbox, settled, start};
use test_support::host::{Host, RESOURCE, dynamic};
use test_support::plugin_client::{Channel, Launch, PluginClient};
use test_support::process::Memory;
use test_support::proto::tfplugin6::{
    DynamicValue, RawState, apply_resource_change, configure_provider, get_metadata,
    import_resource_state, plan_resource_change, read_resource, upgrade_resource_state,
    validate_resource_config,
};

/// The calls that take one message and answer one.
const UNARY: [&str; 26] = [
    "GetMetadata",
    "GetProviderSchema",
    "GetResourceIdentitySchemas",
    "ValidateProviderConfig",
    "ConfigureProvider",
    "StopProvider",
    "ValidateResourceConfig",
    "UpgradeResourceState",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ImportResourceState",
    "GenerateResourceConfig",
    "MoveResourceState",
    "UpgradeResourceIdentity",
    "ValidateDataResourceConfig",
    "ReadDataSource",
    "ValidateEphemeralResourceConfig",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
    "CallFunction",
    "GetFunctions",
    "ValidateActionConfig",
    "PlanAction",
    "ValidateListResourceConfig",
];

/// A provider without TLS, to be talked to below gRPC.
struct Raw {
    client: PluginClient,
    channel: Channel,
}

impl Raw {
    async fn start() -> Self {
        let client = Launch::new().plaintext().start().await;
        let stream = client.process.handshake.dial().await;
        let (channel, _task) = Channel::open(stream).await.unwrap();
        Self { client, channel }
    }

    /// Sends bytes as the body of a call. `Err` where not even HTTP answers.
    async fn post(&mut self, method: &str, body: Bytes) -> Result<(Code, Bytes), hyper::Error> {
        let request = http::Request::post(format!("http://localhost/tfplugin6.Provider/{method}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(Full::new(body)))
            .unwrap();
        let answer = self.channel.call(request).await?;
        let in_head = code(answer.headers());
        let answer = answer.into_body().collect().await?;
        let in_trailers = answer.trailers().and_then(code);
        let code = in_head.or(in_trailers).unwrap_or(Code::Unknown);
        Ok((code, answer.to_bytes()))
    }

    /// Sends one message, whatever it is.
    async fn message(&mut self, method: &str, message: &[u8]) -> (Code, Bytes) {
        self.post(method, frame(message)).await.unwrap()
    }

    async fn lives(&mut self) {
        let request = get_metadata::Request {};
        let answer = self.client.provider.get_metadata(request).await.unwrap();
        assert_eq!(answer.into_inner().resources.len(), 1);
    }
}

fn code(headers: &http::HeaderMap) -> Option<Code> {
    let code = headers.get("grpc-status")?.to_str().ok()?.parse().ok()?;
    Some(Code::from_i32(code))
}

/// A gRPC message: not compressed, its length, itself.
fn frame(message: &[u8]) -> Bytes {
    let mut bytes = vec![0];
    bytes.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    bytes.extend_from_slice(message);
    bytes.into()
}

fn sample_plan() -> plan_resource_change::Request {
    plan_resource_change::Request {
        type_name: RESOURCE.to_owned(),
        prior_state: Some(dynamic(&json!(null))),
        proposed_new_state: Some(dynamic(&json!({"data_source_id": ID}))),
        config: Some(dynamic(&json!({"data_source_id": ID}))),
        ..plan_resource_change::Request::default()
    }
}

#[tokio::test]
async fn broken_messages() {
    let mut raw = Raw::start().await;
    let whole = sample_plan().encode_to_vec();
    let mut broken: Vec<(String, Vec<u8>)> = vec![
        (
            "a field that does not end".into(),
            vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
        ),
        ("a name that is no UTF-8".into(), vec![0x0a, 2, 0xff, 0xfe]),
        ("a wire type that does not exist".into(), vec![0x0f; 16]),
        ("field number zero".into(), vec![0x02, 0]),
        ("a group that never ends".into(), vec![0x0b; 4096]),
    ];
    for length in [1, 7, whole.len() / 2, whole.len() - 1] {
        broken.push((format!("cut after {length}"), whole[..length].to_vec()));
    }
    for (name, message) in &broken {
        let (code, answer) = raw.message("PlanResourceChange", message).await;
        assert_eq!((code, answer.len()), (Code::Internal, 0), "{name}");
    }
    // Elsewhere the same field may be unknown and skipped; an answer is an answer.
    for method in UNARY {
        for (name, message) in &broken {
            let (code, _) = raw.message(method, message).await;
            assert!(
                matches!(code, Code::Internal | Code::Ok),
                "{method}, {name}: {code}"
            );
        }
        let (code, answer) = raw.message(method, &[]).await;
        assert!(code == Code::Ok && answer.len() >= 5, "{method}: {code}");
    }
    raw.lives().await;
    raw.client.shutdown().await;
}

#[tokio::test]
async fn broken_frames() {
    let mut raw = Raw::start().await;
    let message = frame(&sample_plan().encode_to_vec());
    let claims = |length: u32| {
        let mut bytes = vec![0];
        bytes.extend(length.to_be_bytes());
        bytes.extend([0; 100]);
        bytes
    };
    let frames = [
        ("nothing", Vec::new()),
        ("half a head", vec![0, 0]),
        ("half a message", message[..message.len() / 2].to_vec()),
        (
            "compressed, as nobody agreed on",
            [&[1], &message[1..]].concat(),
        ),
        ("a flag that does not exist", [&[7], &message[1..]].concat()),
        ("300 MiB, it says", claims(300 << 20)),
        ("4 GiB, it says", claims(u32::MAX)),
        ("two messages", [&message[..], &message[..]].concat()),
    ];
    for (name, bytes) in frames {
        let answer = raw.post("PlanResourceChange", bytes.into()).await;
        let (code, _) = answer.unwrap();
        assert!(code != Code::Ok || name == "two messages", "{name}: {code}");
        raw.lives().await;
    }
    let (code, _) = raw.message("NoSuchCall", &[]).await;
    assert_eq!(code, Code::Unimplemented);
    let memory = Memory::of(raw.client.process.id());
    assert!(memory.peak_mib() < 64, "{memory:?}");
    raw.client.shutdown().await;
}

/// What is enormous and allowed is answered; beyond 256 MiB it is refused, not stored.
#[tokio::test]
async fn enormous_messages() {
    const MIB: usize = 1 << 20;
    let mut raw = Raw::start().await;
    let asks = |length: usize| validate_resource_config::Request {
        type_name: RESOURCE.to_owned(),
        config: Some(dynamic(&json!({"name": "n".repeat(length)}))),
        client_capabilities: None,
    };
    let answer = raw
        .client
        .provider
        .validate_resource_config(asks(200 * MIB))
        .await;
    let told = answer.unwrap().into_inner().diagnostics;
    assert_eq!(told[0].summary, "Undecodable Value", "{told:?}");
    let memory = Memory::of(raw.client.process.id());
    eprintln!("a message of 200 MiB: {memory:?}");
    assert!(memory.peak_mib() < 800, "{memory:?}");

    let refused = raw
        .client
        .provider
        .validate_resource_config(asks(257 * MIB))
        .await;
    assert_eq!(refused.unwrap_err().code(), Code::OutOfRange);
    raw.lives().await;
    let after = Memory::of(raw.client.process.id());
    eprintln!("and one of 257 MiB: {after:?}");
    assert!(after.peak_mib() <= memory.peak_mib() + 16, "{after:?}");

    // A state, that goes through everything.
    let state = json!({"version": "v".repeat(64 * MIB)});
    let upgrade = upgrade_resource_state::Request {
        type_name: RESOURCE.to_owned(),
        version: 0,
        raw_state: Some(RawState {
            json: state.to_string().into_bytes(),
            ..RawState::default()
        }),
    };
    let answer = raw.client.provider.upgrade_resource_state(upgrade).await;
    let answer = answer.unwrap().into_inner();
    assert!(answer.diagnostics.is_empty(), "{:?}", answer.diagnostics);
    assert!(answer.upgraded_state.unwrap().msgpack.len() > 64 * MIB);
    let after = Memory::of(raw.client.process.id());
    eprintln!("and a state of 64 MiB: {after:?}");
    assert!(after.peak_mib() < 1000, "{after:?}");
    raw.client.shutdown().await;
}

/// Messages that are in order, with values in them that are not.
#[tokio::test]
async fn broken_values() {
    let (mut client, host) = start().await;
    let sandbox = sandbox(Options::default());
    host.configure(block(&sandbox.endpoint())).await;
    let type_name = || RESOURCE.to_owned();
    let deep = [vec![0x91; 100_000], vec![0xc0]].concat();
    let values: [&[u8]; 9] = [
        b"\xc1",
        b"\xdf\xff\xff\xff\xff",
        b"\xdd\xff\xff\xff\xff\xc0",
        b"\xdb\xff\xff\xff\xffx",
        b"\x81\xa4name",
        b"\x81\xa4name\x01",
        b"\x82\xa4name\xc0\xa4name\xc0",
        b"\xc3",
        &deep,
    ];
    for msgpack in values {
        let value = Some(DynamicValue {
            msgpack: msgpack.to_vec(),
            json: Vec::new(),
        });
        let plan = plan_resource_change::Request {
            config: value.clone(),
            ..sample_plan()
        };
        let told = client
            .provider
            .plan_resource_change(plan)
            .await
            .unwrap()
            .into_inner()
            .diagnostics;
        assert_eq!(told[0].summary, "Undecodable Value", "{msgpack:x?}");
        let apply = apply_resource_change::Request {
            type_name: type_name(),
            planned_state: value.clone(),
            ..apply_resource_change::Request::default()
        };
        let told = client
            .provider
            .apply_resource_change(apply)
            .await
            .unwrap()
            .into_inner()
            .diagnostics;
        assert_eq!(told[0].summary, "Undecodable Value", "{msgpack:x?}");
        let read = read_resource::Request {
            type_name: type_name(),
            current_state: value.clone(),
            ..read_resource::Request::default()
        };
        let told = client
            .provider
            .read_resource(read)
            .await
            .unwrap()
            .into_inner()
            .diagnostics;
        assert_eq!(told[0].summary, "Undecodable Value", "{msgpack:x?}");
        let configure = configure_provider::Request {
            config: value,
            ..configure_provider::Request::default()
        };
        let told = client
            .provider
            .configure_provider(configure)
            .await
            .unwrap()
            .into_inner()
            .diagnostics;
        assert_eq!(told[0].summary, "Undecodable Value", "{msgpack:x?}");
    }
    for json in [
        &b"{"[..],
        b"[]",
        b"{\"name\":1}",
        b"\xff",
        "[".repeat(100_000).as_bytes(),
    ] {
        let upgrade = upgrade_resource_state::Request {
            type_name: type_name(),
            version: 0,
            raw_state: Some(RawState {
                json: json.to_vec(),
                ..RawState::default()
            }),
        };
        let told = client
            .provider
            .upgrade_resource_state(upgrade)
            .await
            .unwrap()
            .into_inner()
            .diagnostics;
        assert!(!told.is_empty(), "{json:x?}");
    }
    for id in ["", "..", "a\nb", &"x".repeat(1 << 20)] {
        let import = import_resource_state::Request {
            type_name: type_name(),
            id: id.to_owned(),
            ..import_resource_state::Request::default()
        };
        // Whether it is an id at all is for the API to say; nothing may crash.
        client.provider.import_resource_state(import).await.unwrap();
    }
    assert_eq!(sandbox.count(), 0);
    client.shutdown().await;
}

/// Private state that another program wrote counts as none.
#[tokio::test]
async fn broken_private_state() {
    let sandbox = sandbox(Options::default());
    let (client, host) = start().await;
    let mut state = None;
    host.configure(block(&sandbox.endpoint())).await;
    host.run(&config(ONE), &mut state).await;
    for private in [
        &b"\xff"[..],
        b"{",
        b"{\"v\":1,\"salt\":7}",
        b"{\"v\":99}",
        &vec![b'['; 100_000],
    ] {
        let mut broken = state.clone();
        broken.as_mut().unwrap().private = private.to_vec();
        host.configure(block(&sandbox.endpoint())).await;
        let run = host.run(&config(TWO), &mut broken).await;
        assert!(run.changes && !run.told.has_errors(), "{}", run.told.text());
        settled(&host, &sandbox, TWO, broken).await;
        host.configure(block(&sandbox.endpoint())).await;
        let mut back = state.clone();
        host.run(&config(ONE), &mut back).await;
    }
    client.shutdown().await;
}

#[tokio::test]
async fn out_of_order() {
    let sandbox = sandbox(Options::default());
    let (mut client, host) = start().await;
    // Stopped before it was ever configured; then everything, still without a configuration.
    host.stop().await;
    let state = test_support::host::State {
        value: host.complete(json!({"data_source_id": ID, "id": ID, "created_at": "2021"})),
        private: Vec::new(),
    };
    let unconfigured = Host::new(&client).await;
    for told in [
        unconfigured.refresh(&state).await.unwrap().1,
        unconfigured.plan(&config(ONE), None).await.unwrap().told,
    ] {
        let summaries: Vec<_> = told.0.iter().map(|told| told.summary.as_str()).collect();
        assert_eq!(summaries, ["Missing API Key"], "{}", told.text());
    }
    // An apply that no plan came before.
    let apply = apply_resource_change::Request {
        type_name: RESOURCE.to_owned(),
        planned_state: Some(dynamic(&state.value)),
        config: Some(dynamic(&state.value)),
        planned_private: b"nonsense".to_vec(),
        ..apply_resource_change::Request::default()
    };
    let answer = client
        .provider
        .apply_resource_change(apply)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(answer.diagnostics[0].summary, "Missing API Key");
    assert!(answer.new_state.is_none());
    assert_eq!(sandbox.count(), 0);

    let mut state = None;
    host.configure(block(&sandbox.endpoint())).await;
    let run = host.run(&config(ONE), &mut state).await;
    assert!(run.told.is_silent(), "{}", run.told.text());
    settled(&host, &sandbox, ONE, state).await;
    client.shutdown().await;
}

/// One change applied twice at a time, amid configurations and stops: state and API agree
/// afterwards.
#[tokio::test]
async fn twice_at_a_time() {
    let sandbox = sandbox(Options::default().latency(Duration::from_millis(20)));
    let (client, host) = start().await;
    let mut state = None;
    host.configure(block(&sandbox.endpoint())).await;
    host.run(&config(ONE), &mut state).await;
    let plan = host.plan(&config(TWO), state.as_ref()).await.unwrap();
    let applies = futures_util::future::join_all((0..20).map(|_| host.apply(&plan)));
    let configures =
        futures_util::future::join_all((0..20).map(|_| host.configure(block(&sandbox.endpoint()))));
    let (applied, configured) = tokio::join!(applies, configures);
    assert!(configured.iter().all(test_support::host::Told::is_silent));
    for applied in applied {
        let (after, told) = applied.unwrap();
        assert!(told.is_silent(), "{}", told.text());
        assert_eq!(key(after.as_ref()), Some(TWO));
        state = after;
    }
    host.configure(block(&sandbox.endpoint())).await;
    host.run(&config(TWO), &mut state).await;
    settled(&host, &sandbox, TWO, state).await;
    client.shutdown().await;
}
