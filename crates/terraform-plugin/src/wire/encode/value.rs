use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::proto::tfplugin6::DynamicValue;
use crate::value::AnyValue;
use crate::value::Type;

/// A value of a type, as msgpack. The error is a defect: what the framework
/// hands over has the type. `what` names the value, with its article.
pub(crate) fn value(value: &AnyValue, ty: &Type, what: &str) -> Result<DynamicValue, Diagnostic> {
    let msgpack = codec::encode(value, ty).map_err(|error| {
        Diagnostic::defect(format!("{what} does not fit its schema: {error}.")).at(error.path)
    })?;
    Ok(DynamicValue {
        msgpack,
        json: Vec::new(),
    })
}
