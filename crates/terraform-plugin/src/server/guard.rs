//! Every call ends in an answer, whatever happens within.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use tonic::{Response, Status};

use crate::diagnostic::Diagnostics;
use crate::messages;
use crate::proto::tfplugin6 as proto;
use crate::served::Answered;
use crate::wire::encode;

/// An answer that has room for diagnostics. Its default is the answer of a failed call: core keeps
/// what it has, private state included, if there is no new state in it.
pub(super) trait Answer: Default {
    fn say(&mut self, diagnostics: Vec<proto::Diagnostic>);
}

/// Runs a call. Errors and panics become an answer with diagnostics; the panic's text stays out of
/// it, since it may quote a value. The process's panic hook logs where it happened.
pub(super) async fn answer<T: Answer>(
    rpc: &'static str,
    report_url: &str,
    call: impl Future<Output = Answered<T>>,
) -> Result<Response<T>, Status> {
    let (mut answer, diagnostics) = outcome(rpc, call).await;
    if !diagnostics.is_empty() {
        answer.say(encode::diagnostics(diagnostics, report_url));
    }
    Ok(Response::new(answer))
}

/// What a call comes to, whatever happens within it.
pub(super) async fn outcome<T: Default>(
    rpc: &'static str,
    call: impl Future<Output = Answered<T>>,
) -> (T, Diagnostics) {
    // Nothing that a panic could leave half done is seen by a later call: calls share only what
    // locks guard, and a poisoned lock is taken over.
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(Ok(answered)) => answered,
        Ok(Err(diagnostics)) => (T::default(), diagnostics),
        Err(_panic) => {
            tracing::error!(rpc, "a call panicked; it is answered with an error");
            (T::default(), messages::crashed(rpc).into())
        }
    }
}

/// An answer with nothing to say beside it.
#[expect(
    clippy::unnecessary_wraps,
    reason = "a row of the list of calls is an `Answered`"
)]
pub(super) fn fine<T>(answer: T) -> Answered<T> {
    Ok((answer, Diagnostics::new()))
}

macro_rules! with_diagnostics {
    ($($message:ident)+) => {
        $(
            impl Answer for proto::$message::Response {
                fn say(&mut self, diagnostics: Vec<proto::Diagnostic>) {
                    self.diagnostics = diagnostics;
                }
            }
        )+
    };
}

with_diagnostics! {
    apply_resource_change close_ephemeral_resource configure_provider generate_resource_config
    get_functions get_metadata get_provider_schema get_resource_identity_schemas
    import_resource_state move_resource_state open_ephemeral_resource plan_action
    plan_resource_change read_data_source read_resource renew_ephemeral_resource
    upgrade_resource_identity upgrade_resource_state validate_action_config
    validate_data_resource_config validate_ephemeral_resource_config
    validate_list_resource_config validate_provider_config validate_resource_config
}

/// Functions know one error, of text alone.
impl Answer for proto::call_function::Response {
    fn say(&mut self, diagnostics: Vec<proto::Diagnostic>) {
        self.error = Some(proto::FunctionError {
            text: first_detail(diagnostics),
            function_argument: None,
        });
    }
}

/// Core ignores the text.
impl Answer for proto::stop_provider::Response {
    fn say(&mut self, diagnostics: Vec<proto::Diagnostic>) {
        self.error = first_detail(diagnostics);
    }
}

fn first_detail(diagnostics: Vec<proto::Diagnostic>) -> String {
    let first = diagnostics.into_iter().next();
    first.map_or_else(String::new, |diagnostic| diagnostic.detail)
}
