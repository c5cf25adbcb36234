//! What each generation of clients sends and leaves out (core-rules.md, sections 4.2 and 10).

use crate::proto::tfplugin6::ClientCapabilities;

/// One line of releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "that is what they differ in")]
pub struct Generation {
    /// The first release of it.
    pub name: &'static str,
    /// What `ConfigureProvider` is told.
    pub version: &'static str,
    /// Whether capabilities are sent at all.
    pub says_capabilities: bool,
    /// Whether write-only attributes may have values.
    pub write_only: bool,
    /// Whether deferral is allowed in plan and in apply walks.
    pub deferral: (bool, bool),
    /// Whether planned private state is handed over when it plans again.
    pub store_planned_private: bool,
    /// Whether it keeps an identity beside each state.
    pub identities: bool,
    /// Asks for the upgrade of an identity that is not there yet, and hands over the one of what is
    /// replaced or moved.
    pub hands_every_identity: bool,
    /// Whether an object can be moved from another type or another provider's address.
    pub moves: bool,
    /// Asks for the configuration of what it imports.
    pub generates_config: bool,
}

impl Generation {
    /// What is sent in a plan walk, or in an apply walk.
    pub fn capabilities(&self, apply_walk: bool) -> Option<ClientCapabilities> {
        self.says_capabilities.then_some(ClientCapabilities {
            deferral_allowed: if apply_walk {
                self.deferral.1
            } else {
                self.deferral.0
            },
            write_only_attributes_allowed: self.write_only,
            store_planned_private: self.store_planned_private,
            computed_blocks_allowed: self.store_planned_private,
        })
    }
}

const OLD: Generation = Generation {
    name: "Terraform 1.8",
    version: "1.8.5",
    says_capabilities: false,
    write_only: false,
    deferral: (false, false),
    store_planned_private: false,
    identities: false,
    hands_every_identity: false,
    moves: true,
    generates_config: false,
};

const WRITE_ONLY: Generation = Generation {
    name: "Terraform 1.11",
    version: "1.11.4",
    says_capabilities: true,
    write_only: true,
    deferral: (false, true),
    ..OLD
};

/// Generates configuration for what it imports.
pub const TERRAFORM_1_14: Generation = Generation {
    name: "Terraform 1.14",
    version: "1.14.0",
    identities: true,
    hands_every_identity: true,
    generates_config: true,
    ..WRITE_ONLY
};

/// Hands planned private state over when it plans again.
pub const TERRAFORM_1_16: Generation = Generation {
    name: "Terraform 1.16",
    version: "1.16.0",
    store_planned_private: true,
    ..TERRAFORM_1_14
};

/// Every line of releases that differs from the ones before it.
pub const GENERATIONS: [Generation; 8] = [
    OLD,
    WRITE_ONLY,
    Generation {
        name: "Terraform 1.12",
        version: "1.12.2",
        identities: true,
        hands_every_identity: true,
        ..WRITE_ONLY
    },
    TERRAFORM_1_14,
    TERRAFORM_1_16,
    Generation {
        name: "OpenTofu 1.8",
        version: "1.8.8",
        moves: false,
        ..OLD
    },
    Generation {
        name: "OpenTofu 1.11",
        version: "1.11.2",
        deferral: (true, true),
        ..WRITE_ONLY
    },
    Generation {
        name: "OpenTofu 1.12",
        version: "1.13.0",
        identities: true,
        deferral: (false, false),
        ..WRITE_ONLY
    },
];
