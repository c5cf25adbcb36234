//! From untyped values to models.

use crate::diagnostic::Diagnostic;
use crate::messages;
use crate::model::{Mismatch, Model};
use crate::value::{AnyValue, Value};

/// A whole object as its model.
///
/// # Errors
/// Names the attribute whose value the model cannot hold, and what is required.
pub(crate) fn typed<M: Model>(value: AnyValue) -> Result<M, Diagnostic> {
    match value {
        Value::Known(known) => M::from_known(known).map_err(unfit),
        Value::Null | Value::Unknown => Err(Diagnostic::defect(
            "Terraform sent no object where there has to be one.",
        )),
    }
}

/// The decoder has seen to the types, so what is left is a number, unless model and schema differ.
fn unfit(mismatch: Mismatch) -> Diagnostic {
    if mismatch.path.is_root() {
        let expected = mismatch.expected;
        return Diagnostic::defect(format!("The model does not fit the schema: {expected}."));
    }
    messages::unfit(mismatch)
}
