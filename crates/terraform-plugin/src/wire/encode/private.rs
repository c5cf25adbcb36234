use crate::diagnostic::Diagnostic;
use crate::resource::Private;

/// Private state to be stored: no bytes where nothing is known.
pub(crate) fn private<P: Private>(private: &P) -> Result<Vec<u8>, Diagnostic> {
    if *private == P::default() {
        return Ok(Vec::new());
    }
    serde_json::to_vec(private)
        .map_err(|_| Diagnostic::defect("What is kept beside the state cannot be written as JSON."))
}
