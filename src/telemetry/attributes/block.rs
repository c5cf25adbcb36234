//! The config blocks.

use terraform_plugin::Path;

/// A config block, which is also the kind of data source that it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Block {
    Grafana,
    Datadog,
}

impl Block {
    pub(crate) const ALL: [Self; 2] = [Self::Grafana, Self::Datadog];

    /// The block's name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Grafana => "grafana_config",
            Self::Datadog => "datadog_config",
        }
    }

    /// The API's word for this kind, in `provider`.
    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Grafana => "grafana",
            Self::Datadog => "datadog",
        }
    }

    /// The product's name in prose.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Grafana => "Grafana",
            Self::Datadog => "Datadog",
        }
    }

    pub(crate) fn path(self) -> Path {
        Path::attributes(self.name())
    }
}
