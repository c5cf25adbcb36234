//! The resource `incident_telemetry_data_source`: adopts a telemetry data source and manages its
//! name and credentials. The decisions are made elsewhere; here is the I/O around them.

use std::sync::Arc;

use terraform_plugin::schema::Schema;
use terraform_plugin::{
    ApplyRequest, ApplyResponse, CancellationToken, Diagnostic, Diagnostics, Path, PlanRequest,
    PlanResponse, ReadRequest, ReadResponse, Resource, Value,
};

use super::apply::Applying;
use super::attributes::{self, attribute_of, has_been_read, keys_in};
use super::checks::identifier;
use super::messages;
use super::model::TelemetryDataSource;
use super::plan::{PlanInput, plan};
use super::private::PrivateState;
use super::reading::{Reading, Readings, read};
use super::refresh::refresh;
use super::validate;
use crate::client::{ClientError, DataSourceUpdate};
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
    fn unrefreshed(
        connection: &Connection,
        state: &TelemetryDataSource,
        private: &PrivateState,
    ) -> Option<Diagnostics> {
        if !has_been_read(state) {
            // An imported state holds nothing yet, so it is read whatever the settings say. A moved
            // one goes on without: Terraform refuses -target around a moved block.
            let reason = "the provider's configuration is not known yet.";
            let error = || messages::never_read(state, reason);
            let error = (!private.moved).then(error);
            return connection.is_unknown().then(|| error.into_iter().collect());
        }
        let unwanted = !connection.drift_detection() || connection.is_unknown();
        unwanted.then(Diagnostics::new)
    }

    /// Reads what is to be adopted, unless a read in this run already has.
    async fn candidate(
        &self,
        connection: &Connection,
        id: &str,
        config: &TelemetryDataSource,
        stop: &CancellationToken,
    ) -> Result<Option<Reading>, Diagnostics> {
        if connection.is_unknown() || !connection.drift_detection() {
            return Ok(None);
        }
        let reading = read(connection, id, config, stop)
            .await
            .map_err(|failure| {
                let doing = format!("check data source {id:?} before adopting it");
                connection.explain(failure, &doing, None, |_| None)
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
        let doing = if prior.is_none() { "adopt" } else { "update" };
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
        let known = prior.iter().chain([&planned, &config]);
        let in_place: Vec<_> = known.flat_map(keys_in).collect();
        let applying = Applying::new(prior, planned, &config, planned_private);
        let answer = match applying.request() {
            None => None,
            Some(update) => {
                let update = DataSourceUpdate { in_place, ..update };
                let connection = self.connections.current();
                match connection.update_data_source(&id, &update, stop).await {
                    Ok(result) => Some(result.data_source),
                    Err(failure) if update.is_empty() && refuses_empty(&failure) => {
                        let reason = format!("{failure}.");
                        let error = messages::nothing_to_adopt_with(&config, &reason);
                        return ApplyResponse::failed(error);
                    }
                    Err(failure) => {
                        let absent = failure.is_not_found();
                        let in_doubt = failure.leaves_in_doubt() && !update.is_empty();
                        let doing = format!("{doing} data source {id:?}");
                        let doubt = in_doubt.then_some(messages::IN_DOUBT);
                        let attribute = |field: &str| attribute_of(&config, field);
                        let diagnostics = connection.explain(failure, &doing, doubt, attribute);
                        return match applying.failed(in_doubt, absent) {
                            None => ApplyResponse::failed(diagnostics),
                            Some((state, private)) => ApplyResponse {
                                state: Some(state),
                                private,
                                diagnostics,
                            },
                        };
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

fn refuses_empty(failure: &Failure) -> bool {
    failure.error().is_some_and(ClientError::is_unprocessable)
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
        if let Some(diagnostics) = Self::unrefreshed(&connection, &state, &private) {
            return unchanged(state, private, diagnostics);
        }
        let id = state.data_source_id.as_str().unwrap_or_default().to_owned();
        self.readings.count_state(&connection, &id);
        let reading = match read(&connection, &id, &state, stop).await {
            Ok(reading) => reading,
            Err(failure) => {
                let doing = format!("read data source {id:?}");
                let diagnostics = connection.explain(failure, &doing, None, |_| None);
                return unchanged(state, private, diagnostics);
            }
        };
        self.readings.keep(&connection, &id, reading.clone());
        let first = !has_been_read(&state);
        match reading {
            Reading::Found(found) => {
                let mut refreshed = refresh(state, private, &found);
                let unreadable = messages::unreadable(&id, &found.data_source.unreadable);
                refreshed.diagnostics.extend(unreadable);
                unchanged(refreshed.state, refreshed.private, refreshed.diagnostics)
            }
            Reading::Refused(reason) if first && !private.moved => {
                let error = messages::never_read(&state, &reason);
                unchanged(state, private, error.into())
            }
            Reading::Refused(reason) => {
                let warning = messages::drift_unchecked(&state, &reason);
                unchanged(state, private, warning.into())
            }
            Reading::Absent(key) if first => {
                let error = messages::cannot_import(&state, &key);
                unchanged(state, private, error.into())
            }
            Reading::Absent(key) => {
                let warning = messages::absent(&state, &key);
                let mut private = private;
                private.notice_loss(&state);
                private.absent = true;
                unchanged(state, private, warning.into())
            }
        }
    }

    async fn plan(
        &self,
        request: PlanRequest<Self>,
        stop: &CancellationToken,
    ) -> PlanResponse<Self> {
        let connection = self.connections.current();
        let id = request.config.data_source_id.as_str();
        // The second plan of a replacement is handed the private state of what it replaces.
        let is_new = request.prior.is_none() && request.prior_private == PrivateState::default();
        if let Some(id) = id.filter(|_| request.prior.is_some() || is_new) {
            self.readings.count_plan(&connection, id);
        }
        let mut reading = id.and_then(|id| self.readings.get(&connection, id));
        if let (None, None, Some(id)) = (&request.prior, &reading, id) {
            reading = match self.candidate(&connection, id, &request.config, stop).await {
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
        let decided = request
            .planned_private
            .and_then(|private| private.decisions);
        let mut plan = plan(PlanInput {
            config: &request.config,
            proposed: request.proposed,
            prior: request.prior.as_ref(),
            private: &request.prior_private,
            earlier: decided.as_ref(),
            reading: reading.as_ref(),
        });
        if id.is_some_and(|id| self.readings.is_shared(&connection, id)) {
            plan.diagnostics.push(messages::shared(&request.config));
        }
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
