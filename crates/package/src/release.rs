//! The files of a release, in the form of Terraform's registry.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::archive::{Entry, Mode, pack};
use crate::digest::{h1, sha256};
use crate::{Error, Files, Platform, executable, folder};

/// Tells the Registry the protocol; it has to be in the repository as well.
const MANIFEST: &[u8] = include_bytes!("../../../terraform-registry-manifest.json");

/// Which provider, in which version.
#[derive(Clone, Debug)]
pub struct Name {
    /// The part in front of the slash in `source`.
    pub namespace: String,
    /// The part behind it.
    pub kind: String,
    /// `1.2.3`, without a `v`.
    pub version: String,
}

impl Name {
    /// What the names of all files begin with.
    fn stem(&self) -> String {
        format!("terraform-provider-{}_{}", self.kind, self.version)
    }

    /// As registries and mirrors call an archive.
    pub(crate) fn archive(&self, platform: Platform) -> String {
        format!("{}_{platform}.zip", self.stem())
    }

    /// What clients look for in it: their pattern has the `v`.
    fn executable(&self, platform: Platform) -> String {
        let Self { kind, version, .. } = self;
        format!("terraform-provider-{kind}_v{version}{}", platform.suffix())
    }
}

/// A file that stands beside the binary in every archive.
#[derive(Clone, Debug)]
pub struct Addition {
    /// In the archive.
    pub name: String,
    /// What it contains.
    pub bytes: Vec<u8>,
}

impl Addition {
    /// Takes a file under its own name.
    ///
    /// # Errors
    ///
    /// It cannot be read.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path.file_name().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into_owned(),
            bytes: std::fs::read(path).map_err(Error::file(path))?,
        })
    }
}

/// An archive, and the sum of what it contains.
#[derive(Clone, Debug)]
pub(crate) struct Archive {
    pub(crate) bytes: Vec<u8>,
    pub(crate) h1: String,
}

/// One version of a provider, for some platforms.
#[derive(Clone, Debug)]
pub struct Release {
    name: Name,
    archives: BTreeMap<Platform, Archive>,
}

impl Release {
    /// Packs a binary for each platform, with the same additions.
    ///
    /// # Errors
    ///
    /// There is no binary, or one cannot be read, or is for another platform, or is given twice.
    pub fn pack(
        name: Name,
        binaries: &[(Platform, PathBuf)],
        additions: &[Addition],
    ) -> Result<Self, Error> {
        let mut archives = BTreeMap::new();
        for (platform, path) in binaries {
            let binary = std::fs::read(path).map_err(Error::file(path))?;
            if !executable::is_for(*platform, &binary) {
                return Err(Error::Executable {
                    path: path.clone(),
                    platform: *platform,
                });
            }
            let archive = archive(&name.executable(*platform), &binary, additions)?;
            if archives.insert(*platform, archive).is_some() {
                return Err(Error::Twice(platform.to_string()));
            }
        }
        if archives.is_empty() {
            return Err(Error::Nothing);
        }
        Ok(Self { name, archives })
    }

    /// What is uploaded: archives, the manifest that names the protocol, and the sums of both.
    pub fn files(&self) -> Files {
        let mut files = self.by_name();
        let manifest = format!("{}_manifest.json", self.name.stem());
        files.insert(manifest, MANIFEST.to_vec());
        let sums: Vec<_> = files
            .iter()
            .map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes)))
            .collect();
        let name = format!("{}_SHA256SUMS", self.name.stem());
        files.insert(name, sums.concat().into());
        files
    }

    /// The archives alone.
    pub(crate) fn by_name(&self) -> Files {
        let archives = self.archives.iter();
        archives
            .map(|(platform, archive)| (self.name.archive(*platform), archive.bytes.clone()))
            .collect()
    }

    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    pub(crate) fn archives(&self) -> &BTreeMap<Platform, Archive> {
        &self.archives
    }

    /// Finds nothing in the folder but what [`Release::files`] would overwrite: all that is in it
    /// is going to be published.
    ///
    /// # Errors
    ///
    /// Something else is there.
    pub fn may_go_to(&self, folder: &Path) -> Result<(), Error> {
        folder::nothing_but(&self.files(), folder)
    }
}

fn archive(name: &str, binary: &[u8], additions: &[Addition]) -> Result<Archive, Error> {
    let mut entries = vec![Entry {
        name,
        bytes: binary,
        mode: Mode::Executable,
    }];
    entries.extend(additions.iter().map(|addition| Entry {
        name: &addition.name,
        bytes: &addition.bytes,
        mode: Mode::Text,
    }));
    entries.sort_by_key(|entry| entry.name);
    if let Some(pair) = entries.windows(2).find(|pair| pair[0].name == pair[1].name) {
        return Err(Error::Twice(pair[0].name.to_owned()));
    }
    Ok(Archive {
        bytes: pack(&entries)?,
        h1: h1(&entries),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::{Cursor, Read as _};

    use zip::ZipArchive;

    use super::*;

    pub(crate) fn name(version: &str) -> Name {
        Name {
            namespace: "incident-telemetry".to_owned(),
            kind: "incident".to_owned(),
            version: version.to_owned(),
        }
    }

    pub(crate) fn additions() -> [Addition; 2] {
        [("LICENSE", "Free.\n"), ("CHANGELOG.md", "New.\n")].map(|(name, text)| Addition {
            name: name.to_owned(),
            bytes: text.into(),
        })
    }

    /// A binary for each platform, in a folder that stays as long as the first is kept.
    pub(crate) fn binaries() -> (tempfile::TempDir, Vec<(Platform, PathBuf)>) {
        let folder = tempfile::tempdir().unwrap();
        let binaries = Platform::ALL.map(|platform| {
            let path = folder.path().join(platform.name());
            std::fs::write(&path, executable::sample(platform)).unwrap();
            (platform, path)
        });
        (folder, binaries.to_vec())
    }

    pub(crate) fn release(version: &str) -> Release {
        let (_folder, binaries) = binaries();
        Release::pack(name(version), &binaries, &additions()).unwrap()
    }

    #[test]
    fn files_are_named_as_the_registry_wants() {
        let names: Vec<_> = release("1.2.3").files().into_keys().collect();
        let expected = [
            "SHA256SUMS",
            "darwin_amd64.zip",
            "darwin_arm64.zip",
            "linux_amd64.zip",
            "linux_arm64.zip",
            "manifest.json",
            "windows_amd64.zip",
            "windows_arm64.zip",
        ]
        .map(|end| format!("terraform-provider-incident_1.2.3_{end}"));
        assert_eq!(names, expected);
    }

    #[test]
    fn an_archive_has_the_binary_licence_and_changelog() {
        for (platform, archive) in release("1.2.3").archives {
            let mut zip = ZipArchive::new(Cursor::new(archive.bytes)).unwrap();
            let names: Vec<_> = zip.file_names().map(str::to_owned).collect();
            let binary = name("1.2.3").executable(platform);
            assert_eq!(names, ["CHANGELOG.md", "LICENSE", &binary]);
            let mut found = zip.by_name(&binary).unwrap();
            assert_eq!(found.unix_mode().unwrap() & 0o7777, 0o755);
            let mut bytes = Vec::new();
            found.read_to_end(&mut bytes).unwrap();
            assert_eq!(bytes, executable::sample(platform));
        }
        let windows = name("1.2.3").executable(Platform::WindowsArm64);
        assert_eq!(windows, "terraform-provider-incident_v1.2.3.exe");
    }

    #[test]
    fn the_sums_are_those_of_all_other_files() {
        let mut files = release("1.2.3").files();
        let sums = files.remove("terraform-provider-incident_1.2.3_SHA256SUMS");
        let sums = String::from_utf8(sums.unwrap()).unwrap();
        let expected: Vec<_> = files
            .iter()
            .map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes)))
            .collect();
        assert_eq!(sums, expected.concat());
        assert_eq!(sums.lines().count(), Platform::ALL.len() + 1);
    }

    #[test]
    fn the_manifest_names_the_protocol() {
        let files = release("1.2.3").files();
        let manifest = &files["terraform-provider-incident_1.2.3_manifest.json"];
        let manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
        let expected = serde_json::json!({
            "version": 1,
            "metadata": { "protocol_versions": ["6.0"] },
        });
        assert_eq!(manifest, expected);
    }

    #[test]
    fn the_same_binaries_make_the_same_bytes() {
        let (_folder, binaries) = binaries();
        let once = Release::pack(name("1.2.3"), &binaries, &additions()).unwrap();
        let mut reversed = binaries;
        reversed.reverse();
        let mut others = additions();
        others.reverse();
        let again = Release::pack(name("1.2.3"), &reversed, &others).unwrap();
        assert_eq!(once.files(), again.files());
    }

    #[test]
    fn a_binary_for_another_platform_is_refused() {
        let (_folder, mut binaries) = binaries();
        binaries[0].0 = Platform::LinuxArm64;
        let refused = Release::pack(name("1.2.3"), &binaries[..1], &additions()).unwrap_err();
        assert!(matches!(refused, Error::Executable { .. }), "{refused}");
        assert!(
            refused
                .to_string()
                .ends_with("is not an executable for linux_arm64")
        );
    }

    #[test]
    fn nothing_and_twice_the_same_are_refused() {
        let (_folder, mut binaries) = binaries();
        binaries.push(binaries[0].clone());
        let twice = Release::pack(name("1.2.3"), &binaries, &additions()).unwrap_err();
        assert!(matches!(twice, Error::Twice(_)), "{twice}");
        let nothing = Release::pack(name("1.2.3"), &[], &additions()).unwrap_err();
        assert!(matches!(nothing, Error::Nothing), "{nothing}");
        let [addition, _] = additions();
        let same = [addition.clone(), addition];
        let same = Release::pack(name("1.2.3"), &binaries[..1], &same).unwrap_err();
        assert!(matches!(same, Error::Twice(_)), "{same}");
    }

    #[test]
    fn what_is_left_of_another_release_is_not_published() {
        let folder = tempfile::tempdir().unwrap();
        let new = release("1.2.3");
        new.may_go_to(&folder.path().join("not there yet")).unwrap();
        crate::write(&new.files(), folder.path()).unwrap();
        new.may_go_to(folder.path()).unwrap();
        crate::compare(&new.files(), folder.path()).unwrap();
        let newer = release("1.2.4");
        let refused = newer.may_go_to(folder.path()).unwrap_err();
        assert!(matches!(refused, Error::Stray(_)), "{refused}");
    }

    #[test]
    fn a_file_that_was_changed_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let files = release("1.2.3").files();
        crate::write(&files, folder.path()).unwrap();
        let name = files.keys().next().unwrap();
        std::fs::write(folder.path().join(name), "other").unwrap();
        let noticed = crate::compare(&files, folder.path()).unwrap_err();
        assert!(matches!(noticed, Error::Differs(_)), "{noticed}");
    }
}
