//! Every call ends in an answer, whatever happens within.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tonic::{Response, Status};

use super::encode;
use crate::diagnostic::{Diagnostic, Diagnostics, REPORT_URL};
use crate::proto::tfplugin6 as proto;

/// An answer that can say that a call failed, and nothing else.
pub(super) trait Answer {
    /// The answer of a failed call. Core keeps what it has, private state
    /// included, if there is no new state in it.
    fn failed(diagnostics: Diagnostics) -> Self;
}

/// Runs a call. Errors and panics become an answer with diagnostics; the
/// panic's text stays out of it, since it may quote a value. The process's
/// panic hook logs where it happened.
pub(super) async fn answer<T: Answer>(
    rpc: &'static str,
    call: impl Future<Output = Result<T, Diagnostics>>,
) -> Result<Response<T>, Status> {
    // Nothing that a panic could leave half done is seen by a later call:
    // calls share only what locks guard, and a poisoned lock is taken over.
    let answer = match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(answer)) => answer,
        Ok(Err(diagnostics)) => T::failed(diagnostics),
        Err(_panic) => {
            tracing::error!(rpc, "a call panicked; it is answered with an error");
            T::failed(panicked(rpc).into())
        }
    };
    Ok(Response::new(answer))
}

fn panicked(rpc: &str) -> Diagnostic {
    Diagnostic::error(
        "Provider Crashed",
        format!(
            "The provider crashed while it answered {rpc}. It goes on running, and nothing was \
             recorded of this call.\n\nThis is a mistake in the provider. Please report it at \
             {REPORT_URL}, with the lines of the log (TF_LOG=ERROR) that say where it crashed."
        ),
    )
}

macro_rules! answers_with_diagnostics {
    ($($message:ident),+ $(,)?) => {
        $(
            impl Answer for proto::$message::Response {
                fn failed(diagnostics: Diagnostics) -> Self {
                    Self { diagnostics: encode::diagnostics(diagnostics), ..Self::default() }
                }
            }
        )+
    };
}

answers_with_diagnostics!(
    apply_resource_change,
    generate_resource_config,
    get_functions,
    get_metadata,
    get_provider_schema,
    get_resource_identity_schemas,
    import_resource_state,
    move_resource_state,
    open_ephemeral_resource,
    plan_action,
    plan_resource_change,
    read_data_source,
    read_resource,
    renew_ephemeral_resource,
    upgrade_resource_identity,
    upgrade_resource_state,
);

macro_rules! answers_with_diagnostics_alone {
    ($($message:ident),+ $(,)?) => {
        $(
            impl Answer for proto::$message::Response {
                fn failed(diagnostics: Diagnostics) -> Self {
                    Self { diagnostics: encode::diagnostics(diagnostics) }
                }
            }
        )+
    };
}

answers_with_diagnostics_alone!(
    close_ephemeral_resource,
    configure_provider,
    validate_action_config,
    validate_data_resource_config,
    validate_ephemeral_resource_config,
    validate_list_resource_config,
    validate_provider_config,
    validate_resource_config,
);

/// Functions know one error, of text alone.
impl Answer for proto::call_function::Response {
    fn failed(diagnostics: Diagnostics) -> Self {
        let text = first_detail(diagnostics);
        Self {
            result: None,
            error: Some(proto::FunctionError {
                text,
                function_argument: None,
            }),
        }
    }
}

/// Core ignores the text.
impl Answer for proto::stop_provider::Response {
    fn failed(diagnostics: Diagnostics) -> Self {
        Self {
            error: first_detail(diagnostics),
        }
    }
}

fn first_detail(diagnostics: Diagnostics) -> String {
    let first = diagnostics.into_iter().next();
    first.map_or_else(String::new, |diagnostic| diagnostic.detail)
}
