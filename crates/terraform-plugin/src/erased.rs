//! Resources and data sources with their model types taken away, so that a
//! server can hold any number of them side by side.
//!
//! A provider boxes what it implements: every [`Resource`] is a
//! [`DynResource`], every [`DataSource`] a [`DynDataSource`]. The methods are
//! those of the typed traits, with [`AnyValue`] in the place of the model.

use tokio_util::sync::CancellationToken;

use super::diagnostic::{Diagnostic, Diagnostics};
use super::model::Model;
use super::resource::{
    ApplyRequest, ApplyResponse, DataSource, Pending, PlanRequest, PlanResponse, ReadRequest,
    ReadResponse, Resource,
};
use super::schema::Schema;
use super::value::{AnyValue, Value};

/// A [`Resource`] of any model. Values must be known objects of its schema;
/// others are answered with an error.
pub trait DynResource: Send + Sync + 'static {
    /// See [`Resource::type_name`].
    fn type_name(&self) -> &'static str;

    /// See [`Resource::schema`].
    fn schema(&self) -> Schema;

    /// See [`Resource::validate`].
    fn validate(&self, config: AnyValue) -> Diagnostics;

    /// See [`Resource::upgrade`].
    ///
    /// # Errors
    /// As the resource says.
    fn upgrade(
        &self,
        version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic>;

    /// See [`Resource::import`].
    ///
    /// # Errors
    /// As the resource says.
    fn import(&self, id: &str) -> Result<AnyValue, Diagnostic>;

    /// See [`Resource::read`].
    fn read<'a>(
        &'a self,
        request: ReadRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ReadResponse<AnyValue>>;

    /// See [`Resource::plan`].
    fn plan<'a>(
        &'a self,
        request: PlanRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, PlanResponse<AnyValue>>;

    /// See [`Resource::plan_destroy`].
    fn plan_destroy(&self, prior: AnyValue) -> Diagnostics;

    /// See [`Resource::apply`].
    fn apply<'a>(
        &'a self,
        request: ApplyRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ApplyResponse<AnyValue>>;

    /// See [`Resource::destroy`].
    fn destroy<'a>(
        &'a self,
        prior: AnyValue,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Diagnostics>;
}

/// A [`DataSource`] of any model. Values must be known objects of its schema;
/// others are answered with an error.
pub trait DynDataSource: Send + Sync + 'static {
    /// See [`DataSource::type_name`].
    fn type_name(&self) -> &'static str;

    /// See [`DataSource::schema`].
    fn schema(&self) -> Schema;

    /// See [`DataSource::validate`].
    fn validate(&self, config: AnyValue) -> Diagnostics;

    /// See [`DataSource::read`].
    fn read<'a>(
        &'a self,
        config: AnyValue,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Result<(AnyValue, Diagnostics), Diagnostics>>;
}

impl<R: Resource> DynResource for R {
    fn type_name(&self) -> &'static str {
        Resource::type_name(self)
    }

    fn schema(&self) -> Schema {
        Resource::schema(self)
    }

    fn validate(&self, config: AnyValue) -> Diagnostics {
        match typed(config, Resource::type_name(self)) {
            Ok(config) => Resource::validate(self, &config),
            Err(mismatch) => mismatch.into(),
        }
    }

    fn upgrade(
        &self,
        version: i64,
        state: serde_json::Value,
    ) -> Result<serde_json::Value, Diagnostic> {
        Resource::upgrade(self, version, state)
    }

    fn import(&self, id: &str) -> Result<AnyValue, Diagnostic> {
        Resource::import(self, id).map(untyped)
    }

    fn read<'a>(
        &'a self,
        request: ReadRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ReadResponse<AnyValue>> {
        Box::pin(async move {
            let ReadRequest { state, private } = request;
            let state = match typed(state, Resource::type_name(self)) {
                Ok(state) => state,
                Err(mismatch) => {
                    return ReadResponse {
                        state: None,
                        private,
                        diagnostics: mismatch.into(),
                    };
                }
            };
            let response = Resource::read(self, ReadRequest { state, private }, stop).await;
            ReadResponse {
                state: response.state.map(untyped),
                private: response.private,
                diagnostics: response.diagnostics,
            }
        })
    }

    fn plan<'a>(
        &'a self,
        request: PlanRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, PlanResponse<AnyValue>> {
        Box::pin(async move {
            let type_name = Resource::type_name(self);
            let values = typed(request.config, type_name).and_then(|config| {
                let prior = request.prior.map(|prior| typed(prior, type_name));
                Ok((config, prior.transpose()?))
            });
            let (config, prior) = match values {
                Ok(values) => values,
                Err(mismatch) => {
                    return PlanResponse {
                        planned: Value::Null,
                        requires_replace: Vec::new(),
                        private: request.prior_private,
                        diagnostics: mismatch.into(),
                    };
                }
            };
            let request = PlanRequest {
                config,
                prior,
                prior_private: request.prior_private,
                planned_private: request.planned_private,
            };
            let response = Resource::plan(self, request, stop).await;
            PlanResponse {
                planned: untyped(response.planned),
                requires_replace: response.requires_replace,
                private: response.private,
                diagnostics: response.diagnostics,
            }
        })
    }

    fn plan_destroy(&self, prior: AnyValue) -> Diagnostics {
        match typed(prior, Resource::type_name(self)) {
            Ok(prior) => Resource::plan_destroy(self, &prior),
            Err(mismatch) => mismatch.into(),
        }
    }

    fn apply<'a>(
        &'a self,
        request: ApplyRequest<AnyValue>,
        stop: &'a CancellationToken,
    ) -> Pending<'a, ApplyResponse<AnyValue>> {
        Box::pin(async move {
            let type_name = Resource::type_name(self);
            let prior = request.prior.map(|prior| typed(prior, type_name));
            let values = prior.transpose().and_then(|prior| {
                let planned = typed(request.planned, type_name)?;
                Ok((prior, planned, typed(request.config, type_name)?))
            });
            let (prior, planned, config) = match values {
                Ok(values) => values,
                Err(mismatch) => {
                    return ApplyResponse {
                        state: None,
                        private: Vec::new(),
                        diagnostics: mismatch.into(),
                    };
                }
            };
            let request = ApplyRequest {
                prior,
                planned,
                config,
                planned_private: request.planned_private,
            };
            let response = Resource::apply(self, request, stop).await;
            ApplyResponse {
                state: response.state.map(untyped),
                private: response.private,
                diagnostics: response.diagnostics,
            }
        })
    }

    fn destroy<'a>(
        &'a self,
        prior: AnyValue,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Diagnostics> {
        Box::pin(async move {
            match typed(prior, Resource::type_name(self)) {
                Ok(prior) => Resource::destroy(self, prior, stop).await,
                Err(mismatch) => mismatch.into(),
            }
        })
    }
}

impl<D: DataSource> DynDataSource for D {
    fn type_name(&self) -> &'static str {
        DataSource::type_name(self)
    }

    fn schema(&self) -> Schema {
        DataSource::schema(self)
    }

    fn validate(&self, config: AnyValue) -> Diagnostics {
        match typed(config, DataSource::type_name(self)) {
            Ok(config) => DataSource::validate(self, &config),
            Err(mismatch) => mismatch.into(),
        }
    }

    fn read<'a>(
        &'a self,
        config: AnyValue,
        stop: &'a CancellationToken,
    ) -> Pending<'a, Result<(AnyValue, Diagnostics), Diagnostics>> {
        Box::pin(async move {
            let config = typed(config, DataSource::type_name(self))?;
            let (state, diagnostics) = DataSource::read(self, config, stop).await?;
            Ok((untyped(state), diagnostics))
        })
    }
}

fn typed<M: Model>(value: AnyValue, type_name: &str) -> Result<M, Diagnostic> {
    match value {
        Value::Known(known) => M::from_known(known),
        Value::Null | Value::Unknown => None,
    }
    .ok_or_else(|| {
        Diagnostic::defect(format!(
            "The model of {type_name} does not fit its schema, or a whole object was null or \
             unknown where it cannot be."
        ))
    })
}

fn untyped<M: Model>(model: M) -> AnyValue {
    Value::Known(model.into_known())
}
