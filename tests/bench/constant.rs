//! A provider that decides nothing: schemas are the real one's, a read finds what is in the state,
//! and a plan is what the schema makes of the configuration. So the time of a plan with it is
//! core's own work on such objects, the launches and the calls; what the real one takes beyond that
//! is deciding and reading.
//!
//! This executable is that provider when a host starts it.

use std::path::Path;
use std::process::ExitCode;

use terraform_plugin::schema::Schema;
use terraform_plugin::{
    ApplyRequest, ApplyResponse, CancellationToken, Diagnostics, Host, Known, Mismatch, Model,
    Offers, Program, Provider, ReadRequest, ReadResponse, Resource,
};
use terraform_provider_incident::IncidentProvider;

use crate::Outcome;
use crate::support::plugin_client::COOKIE;

/// Puts the provider into `folder`.
pub(crate) fn install(folder: &Path) -> Outcome<()> {
    std::fs::create_dir_all(folder)?;
    let program = folder.join("terraform-provider-incident");
    std::fs::copy(std::env::current_exe()?, program)?;
    Ok(())
}

/// Whether a host has started this process.
pub(crate) fn is_asked_for() -> bool {
    std::env::var_os(COOKIE.0).is_some()
}

/// Serves until the host is done.
pub(crate) fn serve() -> ExitCode {
    let program = Program {
        name: "terraform-provider-incident",
        version: "0.0.0",
        about: "A provider that decides nothing.",
        example: "",
        address: "registry.terraform.io/incident-telemetry/incident",
        log_target: env!("CARGO_CRATE_NAME"),
        report_url: env!("CARGO_PKG_REPOSITORY"),
    };
    program.run(|| Constant)
}

struct Constant;

impl Provider for Constant {
    type Model = Anything;

    fn schema(&self) -> Schema {
        IncidentProvider::default().schema()
    }

    fn configure(&self, _config: Anything, _host: &Host) -> Diagnostics {
        Diagnostics::new()
    }

    fn offers(&self) -> Offers {
        Offers::new().resource(Unchanging)
    }
}

/// An object of whatever schema.
#[derive(Clone)]
struct Anything(Known);

impl Model for Anything {
    fn from_known(known: Known) -> Result<Self, Mismatch> {
        Ok(Self(known))
    }

    fn into_known(self) -> Known {
        self.0
    }
}

struct Unchanging;

impl Resource for Unchanging {
    type Model = Anything;
    type Private = ();

    const TYPE_NAME: &'static str = "incident_telemetry_data_source";

    fn schema(&self) -> Schema {
        let offers = IncidentProvider::default().offers();
        let schema = offers.resources().next().map(|(_, schema)| schema.clone());
        schema.unwrap_or_default()
    }

    async fn read(
        &self,
        request: ReadRequest<Self>,
        _stop: &CancellationToken,
    ) -> ReadResponse<Self> {
        ReadResponse {
            state: Some(request.state),
            private: (),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn create(
        &self,
        request: ApplyRequest<Self>,
        _stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        ApplyResponse {
            state: Some(request.planned),
            private: (),
            diagnostics: Diagnostics::new(),
        }
    }

    async fn update(
        &self,
        _prior: Anything,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        self.create(request, stop).await
    }

    async fn delete(&self, _prior: Anything, _stop: &CancellationToken) -> Diagnostics {
        Diagnostics::new()
    }
}
