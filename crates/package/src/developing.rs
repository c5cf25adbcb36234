//! For those who build the provider: a folder that `dev_overrides` can name.
//!
//! Cargo's own folder is none. Beside the executable it has a file `terraform-provider-incident.d`,
//! and on Windows clients take that for the provider.

use std::fs;
use std::path::{self, Path, PathBuf};

use crate::Error;

/// Where the provider was put, and what tells clients of it.
#[derive(Debug)]
pub struct Developing {
    /// The executable.
    pub executable: PathBuf,
    /// A CLI configuration, for `TF_CLI_CONFIG_FILE`.
    pub configuration: PathBuf,
}

impl Developing {
    /// Puts an executable, and nothing else, into a folder, and a CLI configuration that names it
    /// beside that. `source` is the provider's, without a host: for Terraform it is on Terraform's
    /// registry, for OpenTofu on its own.
    ///
    /// On unix it is a link, so that the next build is what clients start; elsewhere a copy.
    ///
    /// # Errors
    ///
    /// There is no such executable, the folder has something else in it, or something cannot be
    /// written.
    pub fn install(source: &str, executable: &Path, folder: &Path) -> Result<Self, Error> {
        let built = path::absolute(executable).map_err(Error::file(executable))?;
        fs::metadata(&built).map_err(Error::file(executable))?;
        let name = executable.file_name().unwrap_or_default();
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let folder = path::absolute(folder).map_err(Error::file(folder))?;
        for entry in fs::read_dir(&folder).map_err(Error::file(&folder))? {
            let path = entry.map_err(Error::file(&folder))?.path();
            if path.file_name() != Some(name) {
                return Err(Error::Beside(path));
            }
        }
        let place = folder.join(name);
        // What was put there before; a link is there, too, when what it leads to is not.
        if place.symlink_metadata().is_ok() {
            fs::remove_file(&place).map_err(Error::file(&place))?;
        }
        link(&built, &place).map_err(Error::file(&place))?;
        let configuration = folder.with_extension("tfrc");
        fs::write(&configuration, overrides(source, &folder))
            .map_err(Error::file(&configuration))?;
        Ok(Self {
            executable: place,
            configuration,
        })
    }
}

#[cfg(unix)]
fn link(built: &Path, place: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(built, place)
}

#[cfg(not(unix))]
fn link(built: &Path, place: &Path) -> std::io::Result<()> {
    fs::copy(built, place).map(drop)
}

fn overrides(source: &str, folder: &Path) -> String {
    // HCL takes a backslash for the beginning of an escape.
    let folder = folder.display().to_string().replace('\\', "/");
    format!(
        "provider_installation {{\n  dev_overrides {{\n    \"{source}\" = \"{folder}\"\n  }}\n  \
         direct {{}}\n}}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "acme/probe";

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
        entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn the_executable_is_alone_in_its_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let built = scratch.path().join("terraform-provider-probe.exe");
        fs::write(built.with_extension("d"), "not a program").unwrap();
        let folder = scratch.path().join("dev");
        // As often as one likes.
        for content in ["one", "two"] {
            fs::write(&built, content).unwrap();
            let made = Developing::install(SOURCE, &built, &folder).unwrap();
            assert_eq!(names(&folder), ["terraform-provider-probe.exe"]);
            assert_eq!(fs::read_to_string(&made.executable).unwrap(), content);
            assert_eq!(made.executable.parent(), Some(&*folder));
            let text = fs::read_to_string(&made.configuration).unwrap();
            assert_eq!(text, overrides(SOURCE, &folder));
            assert!(text.contains("\"acme/probe\" = "), "{text}");
        }
        // What is built anew is what is started.
        #[cfg(unix)]
        {
            fs::write(&built, "three").unwrap();
            let place = folder.join("terraform-provider-probe.exe");
            assert_eq!(fs::read_to_string(place).unwrap(), "three");
        }
    }

    #[test]
    fn what_else_is_in_the_folder_stays_and_is_named() {
        let scratch = tempfile::tempdir().unwrap();
        let built = scratch.path().join("terraform-provider-probe");
        let missing = Developing::install(SOURCE, &built, scratch.path()).unwrap_err();
        assert!(matches!(missing, Error::File { .. }), "{missing}");
        fs::write(&built, "one").unwrap();
        fs::write(built.with_extension("d"), "mine").unwrap();
        let refused = Developing::install(SOURCE, &built, scratch.path()).unwrap_err();
        assert!(matches!(refused, Error::Beside(_)), "{refused}");
        assert_eq!(
            fs::read_to_string(built.with_extension("d")).unwrap(),
            "mine"
        );
    }

    #[test]
    fn backslashes_are_no_part_of_a_path() {
        let text = overrides(SOURCE, Path::new(r"C:\work\dev"));
        assert!(
            text.contains("\"acme/probe\" = \"C:/work/dev\"\n"),
            "{text}"
        );
    }
}
