//! `init`, as a team has it: from a mirror or a registry with the archives of `cargo run -p
//! package`, and without development overrides.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use package::{Addition, Developing, Name, Platform, Release};
use serde_json::Value;
use test_support::plugin_client::provider;
use test_support::terraform::Ran;
use test_support::tests;

use crate::scene::{NOTHING, Scene, with_token};

tests! {
    from_a_developers_folder,
    from_a_filesystem_mirror,
    as_the_readme_says_beside_another_provider,
    a_filesystem_mirror_is_held_to_the_lock_file;
    #[cfg(target_os = "linux")] over_https
}

const VERSION: &str = env!("CARGO_PKG_VERSION");
const SOURCE: &str = "incident-telemetry/incident";

/// The provider under test, packed once for all tests.
fn release() -> &'static Release {
    static RELEASE: OnceLock<Release> = OnceLock::new();
    RELEASE.get_or_init(|| pack("Free."))
}

/// The same with another licence: an archive that is intact, but not the one that was published.
fn tampered() -> &'static Release {
    static TAMPERED: OnceLock<Release> = OnceLock::new();
    TAMPERED.get_or_init(|| pack("Yours for a fee."))
}

fn pack(licence: &str) -> Release {
    pack_as("incident-telemetry", "incident", licence)
}

/// The provider under test, by any name.
fn pack_as(namespace: &str, kind: &str, licence: &str) -> Release {
    let host = Platform::host().expect("a platform that is released");
    let name = Name {
        namespace: namespace.to_owned(),
        kind: kind.to_owned(),
        version: VERSION.to_owned(),
    };
    let licence = Addition {
        name: "LICENSE".to_owned(),
        bytes: licence.into(),
    };
    let binaries = [(host, provider().to_owned())];
    Release::pack(name, &binaries, &[licence]).expect("a release")
}

/// A folder beside the configuration, which the client is told to install from.
struct Place {
    folder: tempfile::TempDir,
    registry: &'static str,
}

impl Place {
    /// With the mirror in it.
    fn mirror(scene: &Scene) -> Self {
        let place = Self::empty(scene);
        place.put(release());
        place
    }

    fn empty(scene: &Scene) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a folder"),
            registry: if scene.client.is_tofu {
                "registry.opentofu.org"
            } else {
                "registry.terraform.io"
            },
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn put(&self, release: &Release) {
        let files = release.mirror(self.path()).expect("a mirror");
        package::write(&files, self.path()).expect("the mirror is written");
    }

    /// Exchanges the archive for one that was tampered with, and leaves what is said about it.
    fn tamper(&self) {
        let mut files = tampered().mirror(self.path()).expect("a mirror");
        files.retain(|name, _| has_extension(name, "zip"));
        package::write(&files, self.path()).expect("the archive is written");
    }

    /// Has the client install as these lines of its configuration say.
    fn used_by(&self, scene: &mut Scene, lines: &str) {
        let file = self.path().join("cli.tfrc");
        fs::write(&file, format!("disable_checkpoint = true\n{lines}\n"))
            .expect("a CLI configuration");
        scene.env("TF_CLI_CONFIG_FILE", &file.to_string_lossy());
    }

    fn used_as_filesystem_mirror(&self, scene: &mut Scene) {
        // HCL takes a backslash for the beginning of an escape.
        let path = self.path().display().to_string().replace('\\', "/");
        let lines = format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path    = \"{path}\"\n    \
             include = [\"{SOURCE}\"]\n  }}\n}}"
        );
        self.used_by(scene, &lines);
    }

    /// What the mirror says of the archive's content.
    fn h1(&self) -> String {
        let file = format!("{}/{SOURCE}/{VERSION}.json", self.registry);
        let json = fs::read(self.path().join(file)).expect("a version of the mirror");
        let version: Value = serde_json::from_slice(&json).expect("JSON of the mirror");
        let host = Platform::host().expect("a platform that is released");
        let hash = &version["archives"][host.name()]["hashes"][0];
        hash.as_str().expect("a hash").to_owned()
    }

    /// What a registry leaves in the lock file: the sums of all archives.
    fn lock(&self, scene: &Scene) {
        let hashes = zip_hashes().join("\", \"");
        let provider = format!("{}/{SOURCE}", self.registry);
        scene.write(
            ".terraform.lock.hcl",
            &format!(
                "provider \"{provider}\" {{\n  version = \"{VERSION}\"\n  hashes = \
                 [\"{hashes}\"]\n}}\n"
            ),
        );
    }
}

/// `SHA256SUMS` in the form of a lock file.
fn zip_hashes() -> Vec<String> {
    let files = release().files();
    let sums = &files[&format!("terraform-provider-incident_{VERSION}_SHA256SUMS")];
    let sums = String::from_utf8_lossy(sums);
    let hashes = sums.lines().filter_map(|line| {
        let (sum, name) = line.split_once("  ")?;
        has_extension(name, "zip").then(|| format!("zh:{sum}"))
    });
    hashes.collect()
}

fn has_extension(name: &str, extension: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|found| found == extension)
}

/// The hashes in the lock file that begin so, in order.
fn locked(scene: &Scene, scheme: &str) -> Vec<String> {
    let lock = scene.work().join(".terraform.lock.hcl");
    let lock = fs::read_to_string(lock).expect("a lock file");
    let quoted = lock.split('"').filter(|part| part.starts_with(scheme));
    quoted.map(str::to_owned).collect()
}

#[track_caller]
fn installs(scene: &Scene) -> Ran {
    let ran = scene.ok(&["init"]);
    ran.says(&format!("Installed {SOURCE} v{VERSION}"));
    ran
}

/// What was installed adopts a data source, and is content.
#[track_caller]
fn works(scene: &mut Scene) {
    scene.plan_saved().says("Plan: 1 to add");
    scene.apply_saved().says("1 added");
    assert_eq!(scene.grafana_key().as_deref(), Some("glsa_one"));
    scene.sandbox.take_journal();
    scene.settled();
    assert_eq!(scene.written(), NOTHING);
}

/// The block of README.md in which this stands.
fn readme(part: &str) -> String {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(readme).expect("README.md");
    let mut blocks = readme.split("```").skip(1).step_by(2);
    let block = blocks.find(|block| block.contains(part)).expect(part);
    let (_, lines) = block.split_once('\n').expect("a language");
    lines.to_owned()
}

/// `cargo run -p package -- --dev`
fn from_a_developers_folder(scene: &mut Scene) {
    let place = Place::empty(scene);
    let made = Developing::install(SOURCE, provider(), &place.path().join("dev"));
    let made = made.expect("a folder with the provider alone");
    scene.env("TF_CLI_CONFIG_FILE", &made.configuration.to_string_lossy());
    scene.configure(&with_token(""));
    let planned = scene.command(&["plan"]).output().expect("the client");
    let said = String::from_utf8_lossy(&planned.stdout);
    assert!(
        said.contains("development overrides are in effect"),
        "{said}"
    );
    works(scene);
}

fn as_the_readme_says_beside_another_provider(scene: &mut Scene) {
    let place = Place::mirror(scene);
    let other = Place::empty(scene);
    other.put(&pack_as("hashicorp", "null", "Free."));
    let [ours, others] = [&place, &other].map(|place| {
        let path = place.path().display().to_string();
        path.replace('\\', "/")
    });
    let block = readme("filesystem_mirror {");
    assert!(block.contains("/srv/terraform") && block.contains("  direct {"));
    // The registries' part is played by another folder.
    let lines = block.replace("/srv/terraform", &ours).replace(
        "  direct {",
        &format!("  filesystem_mirror {{\n    path    = \"{others}\""),
    );
    place.used_by(scene, &lines);
    scene.configure(&with_token(""));
    let main = scene.work().join("main.tf");
    let ours = fs::read_to_string(main).expect("a configuration");
    let null = "null = {\n      source = \"hashicorp/null\"\n    }\n    incident = {";
    scene.write("main.tf", &ours.replacen("incident = {", null, 1));
    installs(scene).says(&format!("Installed hashicorp/null v{VERSION}"));
    assert_eq!(locked(scene, "h1:").len(), 2);
    works(scene);
}

fn from_a_filesystem_mirror(scene: &mut Scene) {
    let place = Place::mirror(scene);
    place.used_as_filesystem_mirror(scene);
    scene.configure(&with_token(""));
    installs(scene).does_not_say("development overrides");
    assert_eq!(locked(scene, "h1:"), [place.h1()]);
    works(scene);
    // For those on other platforms, as the documentation tells them.
    let mirror = format!("-fs-mirror={}", place.path().display());
    scene.ok(&["providers", "lock", &mirror]);
    assert_eq!(locked(scene, "h1:"), [place.h1()]);
}

fn a_filesystem_mirror_is_held_to_the_lock_file(scene: &mut Scene) {
    let place = Place::mirror(scene);
    place.used_as_filesystem_mirror(scene);
    scene.configure(&with_token(""));
    // As somebody has committed it who installed from a registry.
    place.lock(scene);
    installs(scene);
    assert_eq!(locked(scene, "h1:"), [place.h1()]);
    assert_eq!(locked(scene, "zh:"), zip_hashes());
    works(scene);

    place.tamper();
    fs::remove_dir_all(scene.work().join(".terraform")).expect("what init has installed");
    scene.fails(&["init"]).says("the dependency lock file");
    place.lock(scene);
    scene.fails(&["init"]).says("the dependency lock file");
}

/// Only where clients take certificates from a file: Go asks the system on others.
#[cfg(target_os = "linux")]
mod over_https {
    use std::fs;
    use std::path::Path;
    use std::process::Command;

    use package::{Files, Platform, Release};
    use serde_json::{Value, json};
    use test_support::file_server::FileServer;
    use test_support::tests;

    use super::{
        Place, SOURCE, VERSION, has_extension, installs, locked, release, tampered, works,
        zip_hashes,
    };
    use crate::scene::{Scene, with_token};

    tests! {
        from_a_network_mirror,
        a_tampered_archive_of_a_network_mirror_is_refused,
        from_a_registry,
        a_tampered_archive_of_a_registry_is_refused
    }

    /// The server, trusted by the commands that follow.
    fn serve(place: &Place, scene: &mut Scene) -> FileServer {
        let server = FileServer::start(place.path());
        let certificate = place.path().join("certificate.pem");
        fs::write(&certificate, server.certificate()).expect("a certificate");
        scene.env("SSL_CERT_FILE", &certificate.to_string_lossy());
        server
    }

    fn network_mirror(scene: &mut Scene) -> (Place, FileServer) {
        let place = Place::mirror(scene);
        let server = serve(&place, scene);
        let lines = format!(
            "provider_installation {{\n  network_mirror {{\n    url     = \"{}\"\n    include = \
             [\"{SOURCE}\"]\n  }}\n}}",
            server.url()
        );
        place.used_by(scene, &lines);
        scene.configure(&with_token(""));
        (place, server)
    }

    /// A fresh start: without what `init` has installed, and without its lock.
    fn uninstall(scene: &Scene) {
        for name in [".terraform", ".terraform.lock.hcl"] {
            let path = scene.work().join(name);
            if path.is_dir() {
                fs::remove_dir_all(path).expect("a folder that can be removed");
            } else if path.exists() {
                fs::remove_file(path).expect("a file that can be removed");
            }
        }
    }

    fn from_a_network_mirror(scene: &mut Scene) {
        let (place, _server) = network_mirror(scene);
        installs(scene).says("verified checksum");
        assert_eq!(locked(scene, "h1:"), [place.h1()]);

        uninstall(scene);
        place.lock(scene);
        installs(scene);
        assert_eq!(locked(scene, "h1:"), [place.h1()]);
        assert_eq!(locked(scene, "zh:"), zip_hashes());
        works(scene);
    }

    fn a_tampered_archive_of_a_network_mirror_is_refused(scene: &mut Scene) {
        let (place, _server) = network_mirror(scene);
        place.tamper();
        let refused = scene.fails(&["init"]);
        refused.says(&format!(
            "doesn't match the expected checksum \"{}\"",
            place.h1()
        ));
        assert!(!scene.work().join(".terraform.lock.hcl").exists());
    }

    /// The registry that clients ask by themselves, on loopback, with a release as the workflow
    /// publishes it.
    fn registry(scene: &mut Scene) -> (Place, FileServer) {
        let place = Place::empty(scene);
        let server = serve(&place, scene);
        let files = listed(release(), &server.url(), place.path());
        package::write(&files, place.path()).expect("the registry's files");
        let lines = format!(
            "host \"{}\" {{\n  services = {{\n    \"providers.v1\" = \"{}v1/providers/\"\n  }}\n}}",
            place.registry,
            server.url()
        );
        place.used_by(scene, &lines);
        scene.configure(&with_token(""));
        (place, server)
    }

    /// <https://developer.hashicorp.com/terraform/internals/provider-registry-protocol>, and the
    /// release beside it.
    fn listed(release: &Release, url: &str, folder: &Path) -> Files {
        let host = Platform::host().expect("a platform that is released");
        let (os, architecture) = host
            .name()
            .split_once('_')
            .expect("a system and its processor");
        let mut files: Files = release
            .files()
            .into_iter()
            .map(|(name, bytes)| (format!("release/{name}"), bytes))
            .collect();
        let stem = format!("terraform-provider-incident_{VERSION}");
        let archive = format!("{stem}_{host}.zip");
        let sums = format!("{stem}_SHA256SUMS");
        let (key, signature) = sign(&files[&format!("release/{sums}")], folder);
        files.insert(format!("release/{sums}.sig"), signature);

        let sum = zip_hashes().remove(0).replace("zh:", "");
        let manifest: Value =
            serde_json::from_slice(&files[&format!("release/{stem}_manifest.json")])
                .expect("a manifest");
        let protocols = &manifest["metadata"]["protocol_versions"];
        let versions = json!({ "versions": [{
            "version": VERSION,
            "protocols": protocols,
            "platforms": [{ "os": os, "arch": architecture }],
        }]});
        let download = json!({
            "protocols": protocols,
            "os": os,
            "arch": architecture,
            "filename": archive,
            "download_url": format!("{url}release/{archive}"),
            "shasums_url": format!("{url}release/{sums}"),
            "shasums_signature_url": format!("{url}release/{sums}.sig"),
            "shasum": sum,
            "signing_keys": { "gpg_public_keys": [{ "key_id": "", "ascii_armor": key }] },
        });
        let provider = format!("v1/providers/{SOURCE}");
        files.insert(format!("{provider}/versions"), versions.to_string().into());
        let place = format!("{provider}/{VERSION}/download/{os}/{architecture}");
        files.insert(place, download.to_string().into());
        files
    }

    /// A new RSA key in armour, and what it says of these bytes: binary, as the Registry wants it.
    fn sign(bytes: &[u8], folder: &Path) -> (String, Vec<u8>) {
        let home = folder.join("gpg");
        fs::create_dir(&home).expect("a folder for gpg");
        let signed = folder.join("sums");
        fs::write(&signed, bytes).expect("a file to sign");
        let gpg = |arguments: &[&str]| {
            let ran = Command::new("gpg")
                .arg("--homedir")
                .arg(&home)
                .args([
                    "--batch",
                    "--quiet",
                    "--pinentry-mode",
                    "loopback",
                    "--passphrase",
                    "",
                ])
                .args(arguments)
                .output()
                .expect("gpg, which signs releases");
            let said = String::from_utf8_lossy(&ran.stderr);
            assert!(ran.status.success(), "gpg {arguments:?}: {said}");
            ran.stdout
        };
        gpg(&[
            "--quick-generate-key",
            "Release <release@example.com>",
            "rsa3072",
            "sign",
            "1d",
        ]);
        let key = gpg(&["--armor", "--export"]);
        let signature = gpg(&["--output", "-", "--detach-sign", &signed.to_string_lossy()]);
        // Its agent would outlive the folder.
        drop(
            Command::new("gpgconf")
                .arg("--homedir")
                .arg(&home)
                .args(["--kill", "all"])
                .status(),
        );
        (String::from_utf8_lossy(&key).into_owned(), signature)
    }

    fn from_a_registry(scene: &mut Scene) {
        let (_place, _server) = registry(scene);
        installs(scene).says("key ID");
        assert_eq!(locked(scene, "h1:").len(), 1);
        // Of every archive, and of the manifest: all that was signed.
        let locked = locked(scene, "zh:");
        for hash in zip_hashes() {
            assert!(locked.contains(&hash), "{hash} is not in {locked:?}");
        }
        works(scene);
    }

    fn a_tampered_archive_of_a_registry_is_refused(scene: &mut Scene) {
        let (place, _server) = registry(scene);
        let published = place.path().join("release");
        publish(&published, tampered());
        scene.fails(&["init"]).says("checksum");

        // The archive again, but with sums that nobody has signed.
        publish(&published, release());
        let sums = published.join(format!("terraform-provider-incident_{VERSION}_SHA256SUMS"));
        let text = fs::read_to_string(&sums).expect("the sums");
        let more = format!("{text}{}  other.zip\n", "0".repeat(64));
        fs::write(&sums, more).expect("other sums");
        scene.fails(&["init"]).says("signature");
        assert!(!scene.work().join(".terraform.lock.hcl").exists());
    }

    fn publish(folder: &Path, release: &Release) {
        let mut files = release.files();
        files.retain(|name, _| has_extension(name, "zip"));
        package::write(&files, folder).expect("the archive is written");
    }
}
