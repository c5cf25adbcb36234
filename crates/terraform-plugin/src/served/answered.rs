//! What a call comes to.

use std::pin::Pin;

use crate::diagnostic::Diagnostics;

/// What a call comes to: its answer and what to say beside it, or errors alone.
pub(crate) type Answered<T> = Result<(T, Diagnostics), Diagnostics>;

/// The same, to be waited for.
pub(crate) type Pending<'a, T> = Pin<Box<dyn Future<Output = Answered<T>> + Send + 'a>>;
