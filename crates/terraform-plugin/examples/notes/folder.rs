//! A folder of files, and nothing of Terraform.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// A folder that may be set later, for all its clones. The files are small, so nobody minds that
/// reading them blocks.
#[derive(Clone, Default)]
pub(crate) struct Folder(Arc<RwLock<Option<PathBuf>>>);

impl Folder {
    pub(crate) fn set(&self, path: Option<PathBuf>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = path;
    }

    /// Path and content; `None` if there is no such file.
    pub(crate) fn read(&self, name: &str) -> io::Result<Option<(String, String)>> {
        let file = self.file(name)?;
        match fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => Ok(Some((shown(&file), read?))),
        }
    }

    /// Returns the path. Fails if there is such a file already.
    pub(crate) fn create(&self, name: &str, content: &str) -> io::Result<String> {
        let file = self.file(name)?;
        File::create_new(&file)?.write_all(content.as_bytes())?;
        Ok(shown(&file))
    }

    /// Returns the path.
    pub(crate) fn update(&self, name: &str, content: &str) -> io::Result<String> {
        let file = self.file(name)?;
        fs::write(&file, content)?;
        Ok(shown(&file))
    }

    /// Succeeds also if there is no such file.
    pub(crate) fn delete(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.file(name)?) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            deleted => deleted,
        }
    }

    /// In alphabetical order.
    pub(crate) fn names(&self) -> io::Result<BTreeSet<String>> {
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(self.path()?)? {
            let name = entry?.file_name();
            let name = name.to_str().and_then(|name| name.strip_suffix(".md"));
            names.extend(name.map(str::to_owned));
        }
        Ok(names)
    }

    fn file(&self, name: &str) -> io::Result<PathBuf> {
        Ok(self.path()?.join(format!("{name}.md")))
    }

    fn path(&self) -> io::Result<PathBuf> {
        let path = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let unknown = || io::Error::other("the provider's folder is not known before an apply");
        path.clone().ok_or_else(unknown)
    }
}

fn shown(file: &Path) -> String {
    file.to_string_lossy().into_owned()
}
