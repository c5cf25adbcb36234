use super::*;

#[tokio::test]
async fn a_panic_is_an_answer_without_its_text() {
    let server = server();
    let read = |name| {
        request(proto::read_resource::Request {
            type_name: "fake_thing".into(),
            current_state: thing(stored(name)),
            ..Default::default()
        })
    };
    let answer = ok(server.read_resource(read("panic")).await);
    assert_eq!(told(&answer.diagnostics), ["E Provider Crashed"]);
    let detail = &answer.diagnostics[0].detail;
    assert!(detail.contains("ReadResource") && detail.contains("/issues"));
    assert!(!detail.contains("s3cret"));
    let answer = ok(server.read_resource(read("fine")).await);
    assert_eq!(received(answer.new_state), Some(stored("fine")));
}

#[tokio::test]
async fn stop_ends_calls_in_flight_until_the_next_configuration() {
    let server = server();
    let reading = || {
        let request = request(proto::read_resource::Request {
            type_name: "fake_thing".into(),
            current_state: thing(stored("wait")),
            ..Default::default()
        });
        server.read_resource(request)
    };
    let stop = async {
        // Both reads are waiting by now.
        tokio::task::yield_now().await;
        ok(server
            .stop_provider(request(proto::stop_provider::Request {}))
            .await)
    };
    let (first, second, _) = tokio::join!(reading(), reading(), stop);
    for answer in [first, second, reading().await] {
        assert_eq!(told(&ok(answer).diagnostics), ["E Stopped"]);
    }

    let configure = proto::configure_provider::Request::default();
    ok(server.configure_provider(request(configure)).await);
    let mut later = std::pin::pin!(reading());
    tokio::select! {
        biased;
        _ = &mut later => panic!("a fresh call is not stopped"),
        () = tokio::task::yield_now() => {}
    }
    server.stop();
    assert_eq!(told(&ok(later.await).diagnostics), ["E Stopped"]);
}

#[tokio::test]
async fn calls_run_side_by_side() {
    let server = server();
    let waiting = tokio::spawn({
        let server = server.clone();
        async move {
            let request = request(proto::read_resource::Request {
                type_name: "fake_thing".into(),
                current_state: thing(stored("wait")),
                ..Default::default()
            });
            ok(server.read_resource(request).await)
        }
    });
    for round in 0..100 {
        let plan = plan_of(thing(stored("a")), thing(written("a")));
        let apply = apply_of("a");
        let (planned, applied) = tokio::join!(
            server.plan_resource_change(request(plan)),
            server.apply_resource_change(request(apply)),
        );
        assert_eq!(ok(planned).planned_state, thing(stored("a")), "{round}");
        assert_eq!(received(ok(applied).new_state), Some(stored("a")));
    }
    assert!(!waiting.is_finished());
    server.stop();
    assert_eq!(told(&waiting.await.unwrap().diagnostics), ["E Stopped"]);
}

#[tokio::test]
async fn what_cannot_be_decoded_is_a_diagnostic() {
    let whole = thing(written("name")).unwrap().msgpack;
    for cut in [1, whole.len() / 2, whole.len() - 1] {
        let value = Some(proto::DynamicValue {
            msgpack: whole[..cut].to_vec(),
            json: Vec::new(),
        });
        let plan = plan_of(nil(), value.clone());
        let answer = ok(server().plan_resource_change(request(plan)).await);
        assert!(told(&answer.diagnostics)[0].starts_with("E Undecodable Value"));
        let apply = proto::apply_resource_change::Request {
            config: value,
            ..apply_of("name")
        };
        let answer = ok(server().apply_resource_change(request(apply)).await);
        assert!(told(&answer.diagnostics)[0].starts_with("E Undecodable Value"));
        assert_eq!(answer.new_state, None);
    }
    // No object where there has to be one.
    let plan = plan_of(nil(), sent(&Value::Unknown, &Type::Bool));
    let answer = ok(server().plan_resource_change(request(plan)).await);
    assert_eq!(told(&answer.diagnostics), ["E Provider Defect"]);
    // JSON is understood, as the protocol permits.
    let json = br#"{"id":null,"name":"","revision":null,"config":null}"#.to_vec();
    let validate = proto::validate_resource_config::Request {
        type_name: "fake_thing".into(),
        config: Some(proto::DynamicValue {
            msgpack: Vec::new(),
            json,
        }),
        client_capabilities: None,
    };
    let answer = ok(server().validate_resource_config(request(validate)).await);
    assert_eq!(told(&answer.diagnostics), ["E Empty Name name"]);
}
