//! The calls about a data source.

use tokio_util::sync::CancellationToken;

use crate::diagnostic::Diagnostics;
use crate::proto::tfplugin6::{read_data_source, validate_data_resource_config};
use crate::server::decode::Received;
use crate::server::encode;
use crate::server::server::Inner;

pub(in crate::server) fn validate(
    server: &Inner,
    request: validate_data_resource_config::Request,
) -> Result<validate_data_resource_config::Response, Diagnostics> {
    let received = Received::new(request.config);
    let data = server.data_source(&request.type_name)?;
    let config = received.decode(data.ty(), "The configuration")?;
    drop(received);
    Ok(validate_data_resource_config::Response {
        diagnostics: encode::diagnostics(data.validate(config)),
    })
}

pub(in crate::server) async fn read(
    server: &Inner,
    stop: CancellationToken,
    request: read_data_source::Request,
) -> Result<read_data_source::Response, Diagnostics> {
    let received = Received::new(request.config);
    let data = server.data_source(&request.type_name)?;
    let config = received.decode(data.ty(), "The configuration")?;
    drop(received);
    let read = data.read(config, &stop).await;
    let state = read.state.map(|state| {
        let what = "The answer of the data source";
        encode::value(&state, data.ty(), what)
    });
    Ok(read_data_source::Response {
        state: state.transpose()?,
        diagnostics: encode::diagnostics(read.diagnostics),
        deferred: None,
    })
}
