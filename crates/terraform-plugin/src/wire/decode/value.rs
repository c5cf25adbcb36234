use zeroize::Zeroize;

use crate::codec;
use crate::diagnostic::Diagnostic;
use crate::messages;
use crate::proto::tfplugin6::DynamicValue;
use crate::value::{AnyValue, Type, Value};

/// A value as received. It may hold secrets: wiped when dropped, whichever
/// way its call ends.
pub(crate) struct Received(DynamicValue);

impl Received {
    pub(crate) fn new(value: Option<DynamicValue>) -> Self {
        Self(value.unwrap_or_default())
    }

    /// The value, of a type. A missing one is null, as it is for core. `what`
    /// names it in the error, with its article.
    pub(crate) fn decode(&self, ty: &Type, what: &str) -> Result<AnyValue, Diagnostic> {
        let DynamicValue { msgpack, json } = &self.0;
        let value = if !msgpack.is_empty() {
            codec::decode(msgpack, ty)
        } else if !json.is_empty() {
            let json = serde_json::from_slice(json).map_err(|_| messages::not_json(what))?;
            codec::from_json(json, ty)
        } else {
            Ok(Value::Null)
        };
        value.map_err(|error| messages::undecodable(what, error))
    }

    /// The very bytes, to be sent back.
    pub(crate) fn give_back(mut self) -> DynamicValue {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Received {
    fn drop(&mut self) {
        self.0.msgpack.zeroize();
        self.0.json.zeroize();
    }
}
