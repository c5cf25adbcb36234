//! `ValidateDataResourceConfig` and `ReadDataSource`.

use tokio_util::sync::CancellationToken;

use super::answered::{Answered, Pending, covered};
use super::shape::Shape;
use super::typed::typed;
use super::validate::by_schema;
use crate::data_source::DataSource;
use crate::proto::tfplugin6::{read_data_source, validate_data_resource_config};
use crate::schema::Schema;
use crate::wire::decode::Received;

/// A [`DataSource`] of any model.
pub(crate) trait AnyDataSource: Send + Sync {
    fn type_name(&self) -> &'static str;

    fn schema(&self) -> &Schema;

    fn validate(
        &self,
        request: validate_data_resource_config::Request,
    ) -> Answered<validate_data_resource_config::Response>;

    fn read<'a>(
        &'a self,
        request: read_data_source::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, read_data_source::Response>;
}

/// A data source with its schema at hand.
pub(crate) struct ServedDataSource<D> {
    data_source: D,
    shape: Shape,
}

impl<D: DataSource> ServedDataSource<D> {
    /// Asks the data source for its schema, once.
    pub(crate) fn new(data_source: D) -> Self {
        let shape = Shape::new(data_source.schema());
        Self { data_source, shape }
    }

    fn validate_data_resource_config(
        &self,
        request: validate_data_resource_config::Request,
    ) -> Answered<validate_data_resource_config::Response> {
        let received = Received::new(request.config);
        let config = received.decode(&self.shape.ty, "The configuration")?;
        let mut diagnostics = by_schema(&config, &self.shape.schema, true);
        diagnostics.extend(match typed(config) {
            Ok(config) => self.data_source.validate(&config),
            Err(unfit) => unfit.into(),
        });
        Ok((
            validate_data_resource_config::Response::default(),
            diagnostics,
        ))
    }

    async fn read_data_source(
        &self,
        request: read_data_source::Request,
        stop: &CancellationToken,
    ) -> Answered<read_data_source::Response> {
        let received = Received::new(request.config);
        let config = typed(received.decode(&self.shape.ty, "The configuration")?)?;
        drop(received);
        let (found, diagnostics) = self.data_source.read(config, stop).await?;
        let what = "The answer of the data source";
        let response = read_data_source::Response {
            state: Some(self.shape.stored(found, "A data source", what)?),
            ..read_data_source::Response::default()
        };
        Ok((response, diagnostics))
    }
}

impl<D: DataSource> AnyDataSource for ServedDataSource<D> {
    fn type_name(&self) -> &'static str {
        D::TYPE_NAME
    }

    fn schema(&self) -> &Schema {
        &self.shape.schema
    }

    fn validate(
        &self,
        request: validate_data_resource_config::Request,
    ) -> Answered<validate_data_resource_config::Response> {
        let config = Received::new(request.config.clone());
        covered(
            self.validate_data_resource_config(request),
            &self.shape,
            Some(&config),
        )
    }

    fn read<'a>(
        &'a self,
        request: read_data_source::Request,
        stop: &'a CancellationToken,
    ) -> Pending<'a, read_data_source::Response> {
        Box::pin(async move {
            let config = Received::new(request.config.clone());
            covered(
                self.read_data_source(request, stop).await,
                &self.shape,
                Some(&config),
            )
        })
    }
}
