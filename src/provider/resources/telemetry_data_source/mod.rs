//! `incident_telemetry_data_source`: adopts a telemetry data source and manages
//! its name and credentials.

mod apply;
mod change;
mod messages;
mod model;
mod plan;
mod private;
mod read;
mod schema;
mod validate;

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use self::apply::Applying;
use self::model::{TelemetryDataSource, attribute_of};
use self::plan::{Observation, PlanInput};
use self::private::PrivateState;
use crate::client::UpdateResult;
use crate::framework::resource::{
    ApplyRequest, ApplyResponse, Pending, PlanRequest, PlanResponse, ReadRequest, ReadResponse,
    Resource,
};
use crate::framework::schema::Schema;
use crate::framework::{Diagnostic, Diagnostics, Path, Value};
use crate::provider::configured::{Configured, Shared, Sighted, Sighting};
use crate::provider::diagnostics::Failure;

/// The resource.
#[derive(Debug)]
pub(crate) struct TelemetryDataSourceResource {
    shared: Arc<Shared>,
}

impl TelemetryDataSourceResource {
    pub(crate) const TYPE_NAME: &'static str = "incident_telemetry_data_source";

    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    async fn read(
        &self,
        request: ReadRequest<TelemetryDataSource>,
        stop: &CancellationToken,
    ) -> ReadResponse<TelemetryDataSource> {
        let ReadRequest { state, private } = request;
        let configured = self.shared.configured();
        let has_been_read = read::has_been_read(&state);
        // A key that is not known yet cannot be used, and drift that nobody wants
        // to know of needs no request; but an imported state holds nothing yet.
        let unread = has_been_read && !configured.drift_detection() || configured.is_unknown();
        if unread && has_been_read {
            return unchanged(state, private, Diagnostics::new());
        }
        if unread {
            let reason = "the provider's configuration is not known yet.";
            let error = messages::never_read(&state, reason);
            return unchanged(state, private, error.into());
        }
        let id = state.data_source_id.as_str().unwrap_or_default().to_owned();
        let doing = format!("reading data source {id:?}");
        let observed = match look(&configured, &id, stop).await {
            Ok(observed) => observed,
            Err(Unobserved::Gone) if has_been_read => {
                configured.note(&id, Sighting::Gone);
                return ReadResponse {
                    state: None,
                    private,
                    diagnostics: Diagnostics::new(),
                };
            }
            Err(Unobserved::Gone) => {
                let error = messages::cannot_import(&state);
                return unchanged(state, private, error.into());
            }
            Err(Unobserved::Refused(reason)) if has_been_read => {
                let warning = messages::drift_unchecked(&state, &reason);
                configured.note(&id, Sighting::Refused(reason));
                return unchanged(state, private, warning.into());
            }
            Err(Unobserved::Refused(reason)) => {
                let error = messages::never_read(&state, &reason);
                return unchanged(state, private, error.into());
            }
            Err(Unobserved::Failed(failure)) => {
                let errors = failure.into_diagnostics(&doing, |_| None);
                return unchanged(state, private, errors);
            }
        };
        configured.note(&id, Sighting::Found(sighted(&observed)));
        let refreshed = read::refresh(
            state,
            PrivateState::decode(&private),
            &observed.data_source,
            is_recent(&observed),
        );
        ReadResponse {
            state: Some(refreshed.state),
            private: refreshed.private.encode(),
            diagnostics: refreshed.diagnostics,
        }
    }

    async fn plan(
        &self,
        request: PlanRequest<TelemetryDataSource>,
        stop: &CancellationToken,
    ) -> PlanResponse<TelemetryDataSource> {
        let configured = self.shared.configured();
        let observed = match (&request.prior, request.config.data_source_id.as_str()) {
            (None, Some(id)) => match self.observe(&configured, id, stop).await {
                Ok(observed) => observed,
                Err(diagnostics) => {
                    return PlanResponse {
                        planned: TelemetryDataSource::default(),
                        requires_replace: Vec::new(),
                        private: Vec::new(),
                        diagnostics,
                    };
                }
            },
            _ => Observation::Unchecked,
        };
        let earlier = request
            .planned_private
            .and_then(|bytes| PrivateState::decode(&bytes).decisions);
        let plan = plan::plan(&PlanInput {
            config: &request.config,
            prior: request.prior.as_ref(),
            private: &PrivateState::decode(&request.prior_private),
            earlier: earlier.as_ref(),
            observed: &observed,
        });
        tracing::debug!(
            id = request.config.data_source_id.as_str(),
            adopts = request.prior.is_none(),
            sends = ?plan.change.names(),
            "planned"
        );
        PlanResponse {
            planned: plan.planned,
            requires_replace: if plan.replaces {
                vec![Path::attributes("data_source_id")]
            } else {
                Vec::new()
            },
            private: plan.private.encode(),
            diagnostics: plan.diagnostics,
        }
    }

    /// Looks at what is to be adopted, unless a read in this run already has.
    async fn observe(
        &self,
        configured: &Configured,
        id: &str,
        stop: &CancellationToken,
    ) -> Result<Observation, Diagnostics> {
        if let Some(sighting) = configured.sighting(id) {
            return Ok(Observation::Seen(sighting));
        }
        if configured.is_unknown() || !configured.drift_detection() {
            return Ok(Observation::Unchecked);
        }
        match look(configured, id, stop).await {
            Ok(observed) => Ok(Observation::Seen(Sighting::Found(sighted(&observed)))),
            Err(Unobserved::Gone) => Ok(Observation::NotFound),
            Err(Unobserved::Refused(reason)) => Ok(Observation::Seen(Sighting::Refused(reason))),
            Err(Unobserved::Failed(failure)) => Err(failure.into_diagnostics(
                &format!("checking data source {id:?} before adopting it"),
                |_| None,
            )),
        }
    }

    async fn apply(
        &self,
        request: ApplyRequest<TelemetryDataSource>,
        stop: &CancellationToken,
    ) -> ApplyResponse<TelemetryDataSource> {
        let adopts = request.prior.is_none();
        let id = request
            .planned
            .data_source_id
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let applying = Applying::new(
            request.prior,
            request.planned,
            &request.config,
            PrivateState::decode(&request.planned_private),
        );
        let answer = match applying.request() {
            None => None,
            Some(update) => match self.shared.configured().send(&id, &update, stop).await {
                Ok(observed) => Some(observed.data_source),
                Err(Failure::Client(error)) if update.is_empty() && error.is_unprocessable() => {
                    let reason = format!("{error}.");
                    let error = messages::nothing_to_adopt_with(&request.config, &reason);
                    return failed(error.into());
                }
                Err(failure) => {
                    let in_doubt = failure.leaves_in_doubt();
                    let doing = if adopts { "adopting" } else { "updating" };
                    let diagnostics = failure
                        .into_diagnostics(&format!("{doing} data source {id:?}"), |field| {
                            attribute_of(&request.config, field)
                        });
                    return match applying.left_in_doubt().filter(|_| in_doubt) {
                        None => failed(diagnostics),
                        Some((state, private)) => ApplyResponse {
                            state: Some(state),
                            private: private.encode(),
                            diagnostics,
                        },
                    };
                }
            },
        };
        match applying.finish(answer.as_ref()) {
            Ok((state, private)) => ApplyResponse {
                state: Some(state),
                private: private.encode(),
                diagnostics: Diagnostics::new(),
            },
            Err(error) => failed(
                Diagnostic::error(
                    "No Random Numbers",
                    format!(
                        "incident.io took the update of data source {id:?}, and what was sent could not be \
                         recorded: {error}. Run the apply again: it sends the same once more."
                    ),
                )
                .into(),
            ),
        }
    }
}

/// Whether `updated_at` falls into the time of the request that it answers.
fn is_recent(observed: &UpdateResult) -> bool {
    observed
        .data_source
        .updated_at
        .as_ref()
        .and_then(|updated_at| updated_at.parse::<Timestamp>().ok())
        .is_some_and(|updated_at| observed.window.contains(updated_at))
}

fn sighted(observed: &UpdateResult) -> Sighted {
    Sighted {
        provider: observed.data_source.provider.clone().unwrap_or_default(),
        empty_update_keeps: !is_recent(observed),
    }
}

/// Why a data source was not observed.
enum Unobserved {
    /// It does not exist.
    Gone,
    /// The API does not let us look: a key that may not update, or an API that
    /// takes no empty update. The reason is a sentence.
    Refused(String),
    /// Anything else.
    Failed(Failure),
}

/// Reads, and tells apart what a plan can go on with.
async fn look(
    configured: &Configured,
    id: &str,
    stop: &CancellationToken,
) -> Result<UpdateResult, Unobserved> {
    configured
        .look(id, stop)
        .await
        .map_err(|failure| match failure {
            Failure::Client(error) if error.is_not_found() => Unobserved::Gone,
            Failure::Client(error) if error.is_forbidden() || error.is_unprocessable() => {
                Unobserved::Refused(format!("{error}."))
            }
            failure => Unobserved::Failed(failure),
        })
}

fn unchanged(
    state: TelemetryDataSource,
    private: Vec<u8>,
    diagnostics: Diagnostics,
) -> ReadResponse<TelemetryDataSource> {
    ReadResponse {
        state: Some(state),
        private,
        diagnostics,
    }
}

fn failed(diagnostics: Diagnostics) -> ApplyResponse<TelemetryDataSource> {
    ApplyResponse {
        state: None,
        private: Vec::new(),
        diagnostics,
    }
}

impl Resource for TelemetryDataSourceResource {
    type Model = TelemetryDataSource;

    fn type_name(&self) -> &'static str {
        Self::TYPE_NAME
    }

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, config: &TelemetryDataSource) -> Diagnostics {
        validate::config(config)
    }

    fn upgrade(
        &self,
        _version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        // There has only ever been version 0.
        Ok(state)
    }

    fn import(&self, id: &str) -> Result<TelemetryDataSource, Diagnostic> {
        let id = Value::text(id);
        match crate::provider::validators::identifier(&id, &Path::attributes("data_source_id")) {
            Some(problem) => Err(problem),
            None => Ok(TelemetryDataSource {
                id: id.clone(),
                data_source_id: id,
                ..TelemetryDataSource::default()
            }),
        }
    }

    fn read<'a>(
        &'a self,
        request: ReadRequest<TelemetryDataSource>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ReadResponse<TelemetryDataSource>> {
        Box::pin(self.read(request, stop))
    }

    fn plan<'a>(
        &'a self,
        request: PlanRequest<TelemetryDataSource>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, PlanResponse<TelemetryDataSource>> {
        Box::pin(self.plan(request, stop))
    }

    fn plan_destroy(&self, prior: &TelemetryDataSource) -> Diagnostics {
        messages::left_active(prior).into()
    }

    fn apply<'a>(
        &'a self,
        request: ApplyRequest<TelemetryDataSource>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ApplyResponse<TelemetryDataSource>> {
        Box::pin(self.apply(request, stop))
    }

    fn destroy<'a>(
        &'a self,
        _prior: TelemetryDataSource,
        _stop: &'a CancellationToken,
    ) -> Pending<'a, Diagnostics> {
        // Forgetting needs no API and no key; the plan has said so.
        Box::pin(std::future::ready(Diagnostics::new()))
    }
}
