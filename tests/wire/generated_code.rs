//! The committed Rust under `crates/terraform-plugin/src/proto/` and
//! `tests/support/src/proto/` is what the `.proto` files say.
//!
//! `UPDATE_GENERATED=1 cargo test --test wire generated_code` writes it again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const PROTO_FILES: [&str; 5] = [
    "tfplugin6.proto",
    "plugin/grpc_broker.proto",
    "plugin/grpc_controller.proto",
    "plugin/grpc_stdio.proto",
    "grpc/health/v1/health.proto",
];

/// Messages that may carry credentials; the `mod.rs` beside them writes their `Debug` by hand.
const WITHOUT_DEBUG: [&str; 2] = [".tfplugin6.DynamicValue", ".tfplugin6.RawState"];

/// What stands at the top of every generated file.
const HEADER: &str =
    "// @generated from the files under proto/; see tests/wire/generated_code.rs.\n";

/// The provider is a server and nothing else.
#[test]
fn server_code_is_up_to_date() {
    let builder = builder()
        .build_client(false)
        .build_server(true)
        .skip_debug(WITHOUT_DEBUG);
    compare("crates/terraform-plugin/src/proto", builder);
}

/// Tests are clients, and have messages of their own so that the crate's stay private.
#[test]
fn client_code_is_up_to_date() {
    let builder = builder().build_client(true).build_server(false);
    compare("tests/support/src/proto", builder);
}

fn builder() -> tonic_prost_build::Builder {
    tonic_prost_build::configure()
        // The `connect` functions of tonic's own transport, which is not used here.
        .build_transport(false)
        // Whatever is rendered from a message must come out the same every time.
        .btree_map(".")
        .emit_rerun_if_changed(false)
}

fn compare(folder: &str, builder: tonic_prost_build::Builder) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let descriptors = protox::compile(PROTO_FILES, [root.join("proto")]).unwrap();
    let fresh = tempfile::tempdir().unwrap();
    builder
        .out_dir(fresh.path())
        .compile_fds(descriptors)
        .unwrap();
    let fresh: BTreeMap<_, _> = generated_files(fresh.path())
        .into_iter()
        .map(|(name, text)| (name, format!("{HEADER}{text}")))
        .collect();
    assert_eq!(fresh.len(), 3, "one file for each package");

    let committed = root.join(folder);
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        for (name, text) in &fresh {
            std::fs::write(committed.join(name), text).unwrap();
        }
    }
    // Not assert_eq: two whole files are no help in a failure message.
    assert!(
        fresh == generated_files(&committed),
        "{folder} differs from proto/: run UPDATE_GENERATED=1 cargo test --test wire generated_code"
    );
}

/// File name to text, leaving out the hand-written `mod.rs`.
fn generated_files(folder: &Path) -> BTreeMap<String, String> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name != "mod.rs"));
    paths
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}
