//! See `cargo run -p package -- --help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use package::{Addition, Developing, Error, Name, Platform, Release, compare, write};

const NAMESPACE: &str = "incident-telemetry";
const KIND: &str = "incident";

const ABOUT: &str = "Packs built providers as registries and mirrors expect them";

const DETAILS: &str = "\
Without a binary, target/release/terraform-provider-incident is packed for this machine.

  cargo build --release -p terraform-provider-incident
  cargo run -p package -- --mirror /srv/terraform
  cargo run -p package -- --dev
  cargo run -p package -- linux_amd64=a/terraform-provider-incident \
  windows_amd64=b/terraform-provider-incident.exe

The same binaries make the same bytes, whenever they are packed; --check compares them with
what is there.";

fn main() -> ExitCode {
    match run(&command().get_matches()) {
        Ok(report) => {
            eprint!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Command {
    let folder = |name: &'static str| {
        Arg::new(name)
            .long(name)
            .value_name("FOLDER")
            .value_parser(value_parser!(PathBuf))
    };
    Command::new("package")
        .about(ABOUT)
        .after_help(DETAILS)
        .arg(
            Arg::new("binaries")
                .value_name("PLATFORM=FILE")
                .help("A built provider, and where it runs")
                .value_parser(binary)
                .action(ArgAction::Append),
        )
        .arg(
            folder("dist")
                .help("Where archives, manifest and sums go")
                .default_value("target/dist"),
        )
        .arg(folder("mirror").help("A mirror to add the archives to"))
        .arg(
            folder("dev")
                .help("Pack nothing: put the provider alone into a folder, for dev_overrides")
                .num_args(0..=1)
                .default_missing_value("target/dev")
                .conflicts_with_all(["dist", "mirror", "check"]),
        )
        .arg(
            Arg::new("check")
                .long("check")
                .help("Write nothing; fail if something is there that these binaries do not make")
                .action(ArgAction::SetTrue),
        )
}

fn binary(text: &str) -> Result<(Platform, PathBuf), String> {
    let (platform, path) = text
        .split_once('=')
        .ok_or("linux_amd64=path/to/terraform-provider-incident is the form")?;
    let platform: Platform = platform.parse().map_err(|error: Error| error.to_string())?;
    Ok((platform, path.into()))
}

/// What was done, a line for each file.
fn run(arguments: &ArgMatches) -> Result<String, Error> {
    let given = arguments.get_many("binaries").unwrap_or_default();
    let mut binaries: Vec<(Platform, PathBuf)> = given.cloned().collect();
    if binaries.is_empty() {
        binaries.extend(own_build());
    }
    if let Some(folder) = arguments.get_one::<PathBuf>("dev") {
        return develop(&binaries, folder);
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let additions = [
        Addition::read(&root.join("LICENSE"))?,
        Addition::read(&root.join("CHANGELOG.md"))?,
    ];
    let name = Name {
        namespace: NAMESPACE.to_owned(),
        kind: KIND.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    };
    let release = Release::pack(name, &binaries, &additions)?;

    let mut places = Vec::new();
    if let Some(dist) = arguments.get_one::<PathBuf>("dist") {
        release.may_go_to(dist)?;
        places.push((dist, release.files()));
    }
    if let Some(mirror) = arguments.get_one::<PathBuf>("mirror") {
        places.push((mirror, release.mirror(mirror)?));
    }
    let mut report = Vec::new();
    for (folder, files) in places {
        if arguments.get_flag("check") {
            compare(&files, folder)?;
        } else {
            write(&files, folder)?;
        }
        for (name, bytes) in files {
            let path = folder.join(name);
            report.push(format!("{:>10} {}\n", bytes.len(), path.display()));
        }
    }
    Ok(report.concat())
}

fn develop(binaries: &[(Platform, PathBuf)], folder: &Path) -> Result<String, Error> {
    let [(_, executable)] = binaries else {
        return Err(Error::OneOnly);
    };
    let source = format!("{NAMESPACE}/{KIND}");
    let made = Developing::install(&source, executable, folder)?;
    let file = made.configuration.display();
    let set = if cfg!(windows) {
        format!("$env:TF_CLI_CONFIG_FILE = \"{file}\"")
    } else {
        format!("export TF_CLI_CONFIG_FILE=\"{file}\"")
    };
    Ok(format!(
        "{}\n\nPaste this where you run terraform or tofu; there is no init for it:\n\n  {set}\n",
        made.executable.display()
    ))
}

/// The release build of this machine, where Cargo puts it.
fn own_build() -> Option<(Platform, PathBuf)> {
    let platform = Platform::host()?;
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    let name = format!("terraform-provider-incident{}", platform.suffix());
    Some((platform, target.join("release").join(name)))
}
