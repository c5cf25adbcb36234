//! Everything that the framework itself tells a practitioner.

use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::model::Mismatch;
use crate::path::Path;
use crate::summary::Own;

/// A call that panicked.
pub(crate) fn crashed(rpc: &str) -> Diagnostic {
    Diagnostic {
        is_defect: true,
        ..Diagnostic::error(
            Own::Crashed,
            format!(
                "The provider crashed in {rpc}. It is still running, and nothing from this call \
                 was recorded. The log (TF_LOG=ERROR) says where it crashed."
            ),
        )
    }
}

/// Something that no schema declares.
pub(crate) fn no_such_type(what: &str, name: &str) -> Diagnostic {
    Diagnostic::error(
        Own::NoSuchType,
        format!(
            "This version of the provider has no {what} {name:?}. Check the spelling of the name, \
             or use a version of the provider that has it."
        ),
    )
}

/// `what` was sent, and is no JSON.
pub(crate) fn not_json(what: &str) -> Diagnostic {
    Diagnostic::error(
        Own::Undecodable,
        format!("{what} is not valid JSON. {SAME_VERSION}"),
    )
}

/// `what` was sent, and does not fit the schema.
pub(crate) fn undecodable(what: &str, error: codec::Error) -> Diagnostic {
    let detail = format!(
        "{what} that Terraform sent does not fit the provider's schema: {error}. {SAME_VERSION}"
    );
    Diagnostic::error(Own::Undecodable, detail).at(error.path)
}

const SAME_VERSION: &str = "Use the version of the provider that the plan was made with. If the \
                            problem persists, report it to the provider's developers.";

/// A value that the model cannot hold. The decoder has seen to its type.
pub(crate) fn unfit(mismatch: Mismatch) -> Diagnostic {
    let Mismatch { path, expected } = mismatch;
    Diagnostic::error(Own::InvalidValue, format!("{path} must be {expected}.")).at(path)
}

/// A required attribute that is null. `name` is its path.
pub(crate) fn missing(name: &Path) -> Diagnostic {
    Diagnostic::error(
        Own::Missing,
        format!("{name} is required. Set it to a value that is not null."),
    )
}

/// The same in an action that was planned with a value: what is missing since then was ephemeral.
pub(crate) fn maybe_dropped(missing: Diagnostic) -> Diagnostic {
    let detail = format!(
        "{} If its value is ephemeral, that is why: Terraform 1.16 and 1.17 drop it with -invoke. \
         Nothing was done. Invoke the action from the action_trigger of a resource, or give it a \
         value that is not ephemeral.",
        missing.detail,
    );
    Diagnostic { detail, ..missing }
}

/// A value for an attribute that only the provider sets.
pub(crate) fn read_only(name: &Path) -> Diagnostic {
    Diagnostic::error(
        Own::ReadOnly,
        format!("{name} is set by the provider. Remove it from the configuration."),
    )
}

/// A write-only value from a host that would store it.
pub(crate) fn write_only(name: &Path) -> Diagnostic {
    Diagnostic::error(
        Own::WriteOnly,
        format!(
            "{name} is write-only, and this version of Terraform or OpenTofu would store its \
             value. Use Terraform 1.11 or OpenTofu 1.11, or later."
        ),
    )
}

/// A resource that cannot be imported.
pub(crate) fn no_import(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        Own::NoImport,
        format!("{type_name} cannot be imported. Create it with terraform apply."),
    )
}

/// A resource without an identity.
pub(crate) fn no_import_by_identity(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        Own::NoImportByIdentity,
        format!("{type_name} has no identity. Replace identity by id in the import block."),
    )
}

/// An import by something that is no identity of this resource.
pub(crate) fn invalid_identity(problem: &str) -> Diagnostic {
    Diagnostic::error(
        Own::InvalidIdentity,
        format!("{problem} Correct identity in the import block."),
    )
}

/// A stored identity of a resource that has none.
pub(crate) fn no_upgrade_of_identity(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        Own::NoUpgradeOfIdentity,
        format!(
            "The state holds an identity of this {type_name}, which has none in this version. Use \
             the version of the provider that wrote it, or a later one."
        ),
    )
}

/// What is wrong with a stored state.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StoredState<'a> {
    /// Of a version that this provider does not know.
    #[error(
        "The state of this {type_name} was written with version {version} of its schema, and this \
         version of the provider knows only versions 0 to {current}. Use the version of the \
         provider that wrote it, or a later one."
    )]
    Version {
        type_name: &'a str,
        version: i64,
        current: i64,
    },
    /// Text for each attribute, and no JSON.
    #[error(
        "The state is in the format of Terraform 0.11 or earlier, which this provider never wrote. \
         Upgrade the state with Terraform 0.12 or 0.13 first."
    )]
    Flatmap,
    #[error("The stored state is not valid JSON. Restore it from a backup.")]
    NotJson,
    #[error(
        "The stored state does not fit the schema{}: {error}. Restore it from a backup, or use the \
         version of the provider that wrote it.",
        place(error)
    )]
    Unfit { error: &'a codec::Error },
    #[error("The stored state is null. Restore it from a backup.")]
    Null,
}

impl StoredState<'_> {
    /// `summary` says what this was in the way of: an upgrade, or a move.
    pub(crate) fn diagnostic(&self, summary: Own) -> Diagnostic {
        Diagnostic::error(summary, self.to_string())
    }
}

fn place(error: &codec::Error) -> String {
    if error.path.is_root() {
        String::new()
    } else {
        format!(" at {}", error.path)
    }
}

/// A state of another type, or of a type of the same name that is not the same.
pub(crate) fn cannot_move(source: &str, target: &str) -> Diagnostic {
    let why = if source == target {
        format!(
            "This state of {source} lacks attributes that the provider's {target} requires, so it \
             comes from an unrelated provider."
        )
    } else {
        format!("{target} cannot take over a state of {source}.")
    };
    let detail = format!(
        "{why} Take {source} out of the state with a removed block, and import {target} instead."
    );
    Diagnostic::error(Own::NoMove, detail)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn every_diagnostic() {
        let mut text = String::new();
        for &summary in Own::ALL {
            for example in examples(summary) {
                assert_eq!(example.summary, crate::Summary::text(summary));
                let at = example
                    .path
                    .map_or_else(String::new, |path| format!("  with {path}\n\n"));
                let (summary, detail) = (example.summary, example.detail);
                writeln!(text, "Error: {summary}\n\n{at}{detail}\n\n").unwrap();
            }
        }
        insta::with_settings!({prepend_module_to_snapshot => false, omit_expression => true}, {
            insta::assert_snapshot!("every_diagnostic", text);
        });
    }

    /// The compiler asks for those of a new summary.
    fn examples(summary: Own) -> Vec<Diagnostic> {
        let name = Path::attributes("name");
        match summary {
            Own::Crashed => vec![crashed("PlanResourceChange")],
            Own::Defect => vec![Diagnostic::defect(
                "An apply ended with neither a state nor an error.",
            )],
            Own::InvalidIdentity => vec![invalid_identity("data_source_id is required.")],
            Own::InvalidValue => vec![unfit(Mismatch {
                path: name,
                expected: "a whole number of at most 64 bits",
            })],
            Own::Missing => vec![missing(&name), maybe_dropped(missing(&name))],
            Own::NoImport => vec![no_import("notes_note")],
            Own::NoImportByIdentity => vec![no_import_by_identity("notes_note")],
            Own::NoMove => vec![
                cannot_move("null_resource", "notes_note"),
                cannot_move("notes_note", "notes_note"),
                StoredState::Flatmap.diagnostic(summary),
                StoredState::NotJson.diagnostic(summary),
            ],
            Own::NoSuchType => vec![no_such_type("resource", "notes_book")],
            Own::NoUpgrade => {
                let error = codec::Error {
                    path: name,
                    reason: codec::Reason::Kind {
                        expected: "a string",
                    },
                };
                let version = StoredState::Version {
                    type_name: "notes_note",
                    version: 3,
                    current: 1,
                };
                let states = [
                    version,
                    StoredState::Flatmap,
                    StoredState::NotJson,
                    StoredState::Unfit { error: &error },
                    StoredState::Null,
                ];
                states.map(|state| state.diagnostic(summary)).into()
            }
            Own::NoUpgradeOfIdentity => vec![no_upgrade_of_identity("notes_note")],
            Own::ReadOnly => vec![read_only(&name)],
            Own::Undecodable => {
                let error = codec::Error {
                    path: name,
                    reason: codec::Reason::Truncated,
                };
                vec![
                    not_json("The configuration"),
                    undecodable("The configuration", error),
                ]
            }
            Own::WriteOnly => vec![write_only(&name)],
        }
    }
}
