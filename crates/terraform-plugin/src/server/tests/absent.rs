use futures_util::StreamExt;

use super::*;

/// Answers of unknown types, of whatever call.
macro_rules! unknown {
    ($($method:ident => $message:ident { $($field:ident),* }),+ $(,)?) => {
        $(
            let message = proto::$message::Request {
                $($field: "no_such".into(),)*
                ..Default::default()
            };
            let answer = ok(server().$method(request(message)).await);
            assert_eq!(told(&answer.diagnostics), ["E Unknown Type"], stringify!($method));
            assert!(answer.diagnostics[0].detail.contains("\"no_such\""));
        )+
    };
}

#[tokio::test]
async fn unknown_types_are_diagnostics() {
    unknown!(
        validate_resource_config => validate_resource_config { type_name },
        upgrade_resource_state => upgrade_resource_state { type_name },
        read_resource => read_resource { type_name },
        plan_resource_change => plan_resource_change { type_name },
        apply_resource_change => apply_resource_change { type_name },
        import_resource_state => import_resource_state { type_name },
        generate_resource_config => generate_resource_config { type_name },
        validate_data_resource_config => validate_data_resource_config { type_name },
        read_data_source => read_data_source { type_name },
        validate_ephemeral_resource_config => validate_ephemeral_resource_config { type_name },
        open_ephemeral_resource => open_ephemeral_resource { type_name },
        renew_ephemeral_resource => renew_ephemeral_resource { type_name },
        close_ephemeral_resource => close_ephemeral_resource { type_name },
        validate_list_resource_config => validate_list_resource_config { type_name },
        validate_action_config => validate_action_config { type_name },
        plan_action => plan_action { action_type },
        move_resource_state => move_resource_state { target_type_name },
        upgrade_resource_identity => upgrade_resource_identity { type_name },
    );
}

#[tokio::test]
async fn what_is_not_offered_is_answered_as_core_expects() {
    let server = server();

    let answer = ok(server
        .get_resource_identity_schemas(request(proto::get_resource_identity_schemas::Request {}))
        .await);
    assert!(answer.identity_schemas.is_empty() && answer.diagnostics.is_empty());
    let answer = ok(server
        .get_functions(request(proto::get_functions::Request {}))
        .await);
    assert!(answer.functions.is_empty());
    let call = proto::call_function::Request::default();
    let answer = ok(server.call_function(request(call)).await);
    assert!(!answer.error.unwrap().text.is_empty());
}

#[tokio::test]
async fn streams_say_so_and_end() {
    let list = proto::list_resource::Request::default();
    let events: Vec<_> = ok(server().list_resource(request(list)).await)
        .collect()
        .await;
    let [Ok(event)] = &events[..] else {
        panic!("{} events", events.len());
    };
    assert_eq!(told(&event.diagnostic), ["E Unknown Type"]);

    let invoke = proto::invoke_action::Request::default();
    let events: Vec<_> = ok(server().invoke_action(request(invoke)).await)
        .collect()
        .await;
    let [Ok(event)] = &events[..] else {
        panic!("{} events", events.len());
    };
    let Some(proto::invoke_action::event::Type::Completed(completed)) = &event.r#type else {
        panic!("core crashes on an event without a member");
    };
    assert_eq!(told(&completed.diagnostics), ["E Unknown Type"]);
}

#[tokio::test]
async fn state_stores_are_unimplemented() {
    let lock = proto::lock_state::Request::default();
    let status = server().lock_state(request(lock)).await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::Unimplemented);
    let read = proto::read_state_bytes::Request::default();
    let status = server().read_state_bytes(request(read)).await.err();
    assert_eq!(
        status.map(|status| status.code()),
        Some(tonic::Code::Unimplemented)
    );
}
