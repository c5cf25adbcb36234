//! What a call comes to.

use std::pin::Pin;

use crate::diagnostic::Diagnostics;
use crate::schema::Schema;

/// What a call comes to: its answer and what to say beside it, or errors alone.
pub(crate) type Answered<T> = Result<(T, Diagnostics), Diagnostics>;

/// The same, to be waited for.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Answered<T>> + Send + 'a>>;

/// Takes away the paths that lead to something sensitive: Terraform prints the source line that
/// belongs to a path, with the literal value in it. The text names the attribute instead.
pub(crate) fn covered<T>(answered: Answered<T>, schema: &Schema) -> Answered<T> {
    let cover = |mut diagnostics: Diagnostics| {
        for diagnostic in diagnostics.as_mut_slice() {
            let Some(path) = diagnostic.path.take_if(|path| schema.shows_secret(path)) else {
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
