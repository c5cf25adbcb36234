//! A folder that clients install from. Named as `filesystem_mirror` it is read as it is; behind an
//! HTTPS server, named as `network_mirror`, its JSON files say what there is. The layout is that of
//! `terraform providers mirror`.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::{Error, Files, Release};

/// The registries that clients take a source without a host to be of: Terraform's and OpenTofu's.
const HOSTS: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

impl Release {
    /// The files that add this release to the mirror in a folder, which may be empty or not there.
    ///
    /// # Errors
    ///
    /// The folder has an index, or a list of this version's archives, that cannot be read.
    pub fn mirror(&self, folder: &Path) -> Result<Files, Error> {
        let name = self.name();
        let mut files = Files::new();
        for host in HOSTS {
            let provider = format!("{host}/{}/{}", name.namespace, name.kind);
            let index = format!("{provider}/index.json");
            let mut versions = listed(&folder.join(&index), "versions")?;
            versions.insert(name.version.clone(), json!({}));
            files.insert(index, pretty(&json!({ "versions": versions })));
            let version = format!("{provider}/{}.json", name.version);
            let mut archives = listed(&folder.join(&version), "archives")?;
            archives.extend(self.locations());
            files.insert(version, pretty(&json!({ "archives": archives })));
            for (archive, bytes) in self.by_name() {
                files.insert(format!("{provider}/{archive}"), bytes);
            }
        }
        Ok(files)
    }

    /// Where each archive is, relative to the file that says so, and what its content sums up to.
    fn locations(&self) -> Map<String, Value> {
        let archives = self.archives().iter();
        archives
            .map(|(platform, archive)| {
                let location = json!({
                    "url": self.name().archive(*platform),
                    "hashes": [archive.h1],
                });
                (platform.to_string(), location)
            })
            .collect()
    }
}

/// What a mirror lists under `name` already.
fn listed(file: &Path, name: &str) -> Result<Map<String, Value>, Error> {
    if !file.exists() {
        return Ok(Map::new());
    }
    let bytes = std::fs::read(file).map_err(Error::file(file))?;
    let mut value: Value = serde_json::from_slice(&bytes).unwrap_or_default();
    match value.get_mut(name).map(Value::take) {
        Some(Value::Object(listed)) => Ok(listed),
        _ => Err(Error::Index(file.to_owned())),
    }
}

/// JSON for readers, with a line end.
fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into()
}

#[cfg(test)]
mod tests {
    use crate::Platform;
    use crate::release::tests::{additions, binaries, name, release};

    use super::*;

    const PROVIDER: &str = "registry.terraform.io/incident-telemetry/incident";

    #[test]
    fn the_layout_is_the_packed_one_for_both_registries() {
        let release = release("1.2.3");
        let files = release.mirror(Path::new("/nowhere")).unwrap();
        let here = files.keys().filter_map(|path| path.strip_prefix(PROVIDER));
        let here: Vec<_> = here.collect();
        let mut expected = vec!["/1.2.3.json".to_owned(), "/index.json".to_owned()];
        expected.extend(
            Platform::ALL
                .map(|platform| format!("/terraform-provider-incident_1.2.3_{platform}.zip")),
        );
        assert_eq!(here, expected);
        for (path, bytes) in &files {
            let other = path.replace("registry.terraform.io", "registry.opentofu.org");
            assert_eq!(&files[&other], bytes);
        }
        assert_eq!(files.len(), 2 * expected.len());
        // An archive is the one that is published.
        for (name, bytes) in release.by_name() {
            assert_eq!(files[&format!("{PROVIDER}/{name}")], bytes);
        }
    }

    #[test]
    fn a_version_says_where_archives_are_and_what_they_contain() {
        let release = release("1.2.3");
        let files = release.mirror(Path::new("/nowhere")).unwrap();
        let version: Value =
            serde_json::from_slice(&files[&format!("{PROVIDER}/1.2.3.json")]).unwrap();
        for (platform, archive) in release.archives() {
            assert_eq!(
                version["archives"][platform.name()],
                json!({
                    "url": format!("terraform-provider-incident_1.2.3_{platform}.zip"),
                    "hashes": [archive.h1],
                })
            );
        }
        let index: Value =
            serde_json::from_slice(&files[&format!("{PROVIDER}/index.json")]).unwrap();
        assert_eq!(index, json!({ "versions": { "1.2.3": {} } }));
    }

    #[test]
    fn a_mirror_keeps_its_older_versions() {
        let folder = tempfile::tempdir().unwrap();
        for version in ["1.2.3", "1.2.4", "1.2.4"] {
            let files = release(version).mirror(folder.path()).unwrap();
            crate::write(&files, folder.path()).unwrap();
        }
        let index = folder.path().join(PROVIDER).join("index.json");
        let versions = listed(&index, "versions").unwrap();
        assert!(versions.keys().eq(["1.2.3", "1.2.4"]));
        std::fs::write(&index, "[]").unwrap();
        let refused = release("1.2.5").mirror(folder.path()).unwrap_err();
        assert!(matches!(refused, Error::Index(_)), "{refused}");
    }
    #[test]
    fn a_mirror_keeps_the_platforms_of_a_version() {
        let folder = tempfile::tempdir().unwrap();
        let (_binaries, binaries) = binaries();
        for binary in [&binaries[..1], &binaries[1..2], &binaries[1..2]] {
            let release = Release::pack(name("1.2.3"), binary, &additions()).unwrap();
            let files = release.mirror(folder.path()).unwrap();
            crate::write(&files, folder.path()).unwrap();
        }
        let file = folder.path().join(PROVIDER).join("1.2.3.json");
        let archives = listed(&file, "archives").unwrap();
        let expected = binaries[..2].iter().map(|(platform, _)| platform.name());
        assert!(archives.keys().eq(expected), "{archives:?}");
    }
}
