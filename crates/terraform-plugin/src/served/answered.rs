//! What a call comes to.

use std::pin::Pin;

use super::shape::Shape;
use crate::diagnostic::Diagnostics;
use crate::path::Path;
use crate::wire::decode::Received;

/// What a call comes to: its answer and what to say beside it, or errors alone.
pub(crate) type Answered<T> = Result<(T, Diagnostics), Diagnostics>;

/// The same, to be waited for.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Answered<T>> + Send + 'a>>;

/// Takes away the paths whose source lines may show something sensitive: Terraform prints the lines
/// that belong to a path, with the literal value in them. The text names the attribute instead.
/// `config` is the configuration, if the call has one.
pub(crate) fn covered<T>(
    answered: Answered<T>,
    shape: &Shape,
    config: Option<&Received>,
) -> Answered<T> {
    let cover = |mut diagnostics: Diagnostics| {
        if diagnostics
            .iter()
            .all(|diagnostic| diagnostic.path.is_none())
        {
            return diagnostics;
        }
        let config = config.and_then(|config| config.decode(&shape.ty, "The configuration").ok());
        let config = config.unwrap_or_default();
        for diagnostic in diagnostics.as_mut_slice() {
            let shows_secret = |path: &mut Path| shape.schema.shows_secret(path, &config);
            let Some(path) = diagnostic.path.take_if(shows_secret) else {
                continue;
            };
            let path = path.to_string();
            if !diagnostic.detail.contains(&path) {
                diagnostic.detail.insert_str(0, &format!("{path}: "));
            }
        }
        diagnostics
    };
    match answered {
        Ok((answer, diagnostics)) => Ok((answer, cover(diagnostics))),
        Err(diagnostics) => Err(cover(diagnostics)),
    }
}
