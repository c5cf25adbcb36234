//! The resource `incident_telemetry_data_source`: adopts a telemetry data source and manages its name
//! and credentials. The decisions are made elsewhere; here is the I/O around them.

use std::sync::Arc;

use terraform_plugin::schema::Schema;
use terraform_plugin::{
    ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Path, PlanRequest,
    PlanResponse, ReadRequest, ReadResponse, Resource, Value,
};

use super::apply::Applying;
use super::attributes::{self, attribute_of};
use super::checks::identifier;
use super::messages;
use super::model::TelemetryDataSource;
use super::plan::{Candidate, PlanInput, plan};
use super::private::PrivateState;
use super::reading::{Reading, Readings, read};
use super::refresh::{has_been_read, refresh};
use super::validate;
use crate::connection::{Connection, Connections};
use crate::failure::Failure;

/// The resource.
pub(crate) struct TelemetryDataSourceResource {
    connections: Arc<Connections>,
    readings: Readings,
}

impl TelemetryDataSourceResource {
    pub(crate) fn new(connections: Arc<Connections>) -> Self {
        Self {
            connections,
            readings: Readings::default(),
        }
    }

    /// The state as it is, where it is not to be refreshed or cannot be; `None` where it can.
    fn unrefreshed(connection: &Connection, state: &TelemetryDataSource) -> Option<Diagnostics> {
        if !has_been_read(state) {
            // An imported state holds nothing yet, so it is read whatever the settings say.
            let reason = "the provider's configuration is not known yet.";
            let error = || messages::never_read(state, reason).into();
            return connection.is_unknown().then(error);
        }
        let unwanted = !connection.drift_detection() || connection.is_unknown();
        unwanted.then(Diagnostics::new)
    }

    /// Reads what is to be adopted, unless a read in this run already has.
    async fn candidate(
        &self,
        connection: &Connection,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<Option<Reading>, Diagnostics> {
        if connection.is_unknown() || !connection.drift_detection() {
            return Ok(None);
        }
        let reading = read(connection, id, stop).await.map_err(|failure| {
            let doing = format!("checking data source {id:?} before adopting it");
            failure.into_diagnostics(&doing, |_| None)
        })?;
        Ok(Some(reading))
    }

    /// Carries out a create or an update.
    async fn apply(
        &self,
        prior: Option<TelemetryDataSource>,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        let doing = if prior.is_none() {
            "adopting"
        } else {
            "updating"
        };
        let ApplyRequest {
            planned,
            config,
            planned_private,
        } = request;
        let id = planned
            .data_source_id
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let applying = Applying::new(prior, planned, &config, planned_private);
        let answer = match applying.request() {
            None => None,
            Some(update) => {
                let connection = self.connections.current();
                match connection.update_data_source(&id, &update, stop).await {
                    Ok(result) => Some(result.data_source),
                    Err(Failure::Client(error))
                        if update.is_empty() && error.is_unprocessable() =>
                    {
                        let reason = format!("{error}.");
                        let error = messages::nothing_to_adopt_with(&config, &reason);
                        return ApplyResponse::failed(error);
                    }
                    Err(failure) => {
                        let doing = format!("{doing} data source {id:?}");
                        return failed_write(applying, failure, &doing, &config);
                    }
                }
            }
        };
        let unreadable = answer
            .as_ref()
            .and_then(|answer| messages::unreadable(&id, &answer.unreadable));
        match applying.finish(answer.as_ref()) {
            Ok((state, private)) => ApplyResponse {
                state: Some(state),
                private,
                diagnostics: unreadable.into_iter().collect(),
            },
            Err(error) => ApplyResponse::failed(messages::not_recorded(&id, &error)),
        }
    }
}

/// A write that failed. Where it may have been carried out all the same, that is recorded.
fn failed_write(
    applying: Applying,
    failure: Failure,
    doing: &str,
    config: &TelemetryDataSource,
) -> ApplyResponse<TelemetryDataSourceResource> {
    let in_doubt = failure.leaves_in_doubt();
    let diagnostics = failure.into_diagnostics(doing, |field| attribute_of(config, field));
    match applying.left_in_doubt().filter(|_| in_doubt) {
        None => ApplyResponse::failed(diagnostics),
        Some((state, private)) => ApplyResponse {
            state: Some(state),
            private,
            diagnostics,
        },
    }
}

impl Resource for TelemetryDataSourceResource {
    type Model = TelemetryDataSource;
    type Private = PrivateState;

    const TYPE_NAME: &'static str = "incident_telemetry_data_source";

    fn schema(&self) -> Schema {
        attributes::schema()
    }

    fn validate(&self, config: &TelemetryDataSource) -> Diagnostics {
        validate::config(config)
    }

    fn import(&self, id: &str) -> Result<TelemetryDataSource, Diagnostic> {
        let id = Value::text(id);
        match identifier(&id, &Path::attributes("data_source_id")) {
            Some(problem) => Err(problem),
            None => Ok(TelemetryDataSource {
                id: id.clone(),
                data_source_id: id,
                ..TelemetryDataSource::default()
            }),
        }
    }

    async fn read(
        &self,
        request: ReadRequest<Self>,
        stop: &CancellationToken,
    ) -> ReadResponse<Self> {
        let ReadRequest { state, private } = request;
        let connection = self.connections.current();
        let unchanged = |state, private, diagnostics| ReadResponse {
            state: Some(state),
            private,
            diagnostics,
        };
        if let Some(diagnostics) = Self::unrefreshed(&connection, &state) {
            return unchanged(state, private, diagnostics);
        }
        let id = state.data_source_id.as_str().unwrap_or_default().to_owned();
        let reading = match read(&connection, &id, stop).await {
            Ok(reading) => reading,
            Err(failure) => {
                let doing = format!("reading data source {id:?}");
                return unchanged(state, private, failure.into_diagnostics(&doing, |_| None));
            }
        };
        if !has_been_read(&state) && !matches!(reading, Reading::Found(_)) {
            let error = match &reading {
                Reading::Refused(reason) => messages::never_read(&state, reason),
                _ => messages::cannot_import(&state),
            };
            return unchanged(state, private, error.into());
        }
        self.readings.keep(&connection, &id, reading.clone());
        match reading {
            Reading::Found(found) => {
                let mut refreshed = refresh(state, private, &found);
                let unreadable = messages::unreadable(&id, &found.data_source.unreadable);
                refreshed.diagnostics.extend(unreadable);
                unchanged(refreshed.state, refreshed.private, refreshed.diagnostics)
            }
            Reading::Refused(reason) => {
                let warning = messages::drift_unchecked(&state, &reason);
                unchanged(state, private, warning.into())
            }
            Reading::Absent => ReadResponse {
                state: None,
                private,
                diagnostics: Diagnostics::new(),
            },
        }
    }

    async fn plan(
        &self,
        request: PlanRequest<Self>,
        stop: &CancellationToken,
    ) -> PlanResponse<Self> {
        let connection = self.connections.current();
        let (mut earlier, mut now) = (None, None);
        if let (None, Some(id)) = (&request.prior, request.config.data_source_id.as_str()) {
            earlier = self.readings.get(&connection, id);
            if earlier.is_none() {
                now = match self.candidate(&connection, id, stop).await {
                    Ok(reading) => reading,
                    Err(diagnostics) => {
                        return PlanResponse {
                            planned: request.proposed,
                            private: PrivateState::default(),
                            diagnostics,
                        };
                    }
                };
            }
        }
        let decided = request
            .planned_private
            .and_then(|private| private.decisions);
        let plan = plan(PlanInput {
            config: &request.config,
            proposed: request.proposed,
            prior: request.prior.as_ref(),
            private: &request.prior_private,
            earlier: decided.as_ref(),
            candidate: match (&earlier, &now) {
                (Some(reading), _) => Candidate::WasInState(reading),
                (None, Some(reading)) => Candidate::Read(reading),
                (None, None) => Candidate::Unread,
            },
        });
        tracing::debug!(
            id = request.config.data_source_id.as_str(),
            adopts = request.prior.is_none(),
            sends = ?plan.change.names(),
            "planned"
        );
        PlanResponse {
            planned: plan.planned,
            private: plan.private,
            diagnostics: plan.diagnostics,
        }
    }

    fn plan_delete(&self, prior: &TelemetryDataSource) -> Diagnostics {
        messages::left_active(prior).into()
    }

    async fn create(
        &self,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        self.apply(None, request, stop).await
    }

    async fn update(
        &self,
        prior: TelemetryDataSource,
        request: ApplyRequest<Self>,
        stop: &CancellationToken,
    ) -> ApplyResponse<Self> {
        self.apply(Some(prior), request, stop).await
    }

    /// Forgetting needs no API and no key; the plan has said so.
    async fn delete(&self, _prior: TelemetryDataSource, _stop: &CancellationToken) -> Diagnostics {
        Diagnostics::new()
    }
}
