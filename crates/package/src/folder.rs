//! Files that are to be in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::Error;

/// What files contain, by their paths in a folder, with `/` between names.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Writes the files, and makes the folders that they need.
///
/// # Errors
///
/// Something cannot be written.
pub fn write(files: &Files, folder: &Path) -> Result<(), Error> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::file(parent))?;
        }
        fs::write(&path, bytes).map_err(Error::file(path))?;
    }
    Ok(())
}

/// Finds the files in the folder as they are to be.
///
/// # Errors
///
/// One of them differs, or cannot be read.
pub fn compare(files: &Files, folder: &Path) -> Result<(), Error> {
    for (name, bytes) in files {
        let path = folder.join(name);
        if &fs::read(&path).map_err(Error::file(&path))? != bytes {
            return Err(Error::Differs(path));
        }
    }
    Ok(())
}

/// Finds nothing else in the folder, which need not be there.
pub(crate) fn nothing_but(files: &Files, folder: &Path) -> Result<(), Error> {
    if !folder.exists() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).map_err(Error::file(folder))? {
        let entry = entry.map_err(Error::file(folder))?;
        let name = entry.file_name();
        if !name.to_str().is_some_and(|name| files.contains_key(name)) {
            return Err(Error::Stray(entry.path()));
        }
    }
    Ok(())
}
