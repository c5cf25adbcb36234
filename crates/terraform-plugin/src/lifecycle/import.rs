//! The state that an import starts from.

use super::{Managed, guard};
use crate::diagnostic::Diagnostic;
use crate::value::AnyValue;

impl Managed {
    /// The state to begin with; core reads it next.
    ///
    /// # Errors
    /// As the resource says, or for a state that is not wholly known.
    pub fn import(&self, id: &str) -> Result<AnyValue, Diagnostic> {
        let mut state = self.resource.import(id)?;
        guard::null_write_only(&mut state, &self.schema.attributes);
        match guard::unknown_left(&state, "An import") {
            Some(defect) => Err(defect),
            None => Ok(state),
        }
    }
}
