//! Signs of a change, and what is none.

use std::time::Duration;

use incident_sandbox::{EmptyPut, Fault, Options, Spelling, Touch, When};
use test_support::tests;

use super::{
    REAPPLY, TITLE, TOKEN, adopted, adopted_with, body, config, config_with, somebody_rotates,
};
use crate::scene::{GRAFANA, ID, NOTHING};

tests! {
    another_spelling_of_the_time_is_none,
    a_stale_read_is_none,
    a_service_that_touches_each_write_gets_the_keys_once,
    a_broken_key_that_somebody_mends_is_one,
    switched_off_is_said_and_sent_again_under_reapply,
    taking_reapply_away_does_not_forget_it,
    what_is_sent_anyway_is_not_advised
}

const OFF: &str = "Warning: Data Source Was Switched Off";
const AGAIN: &str = "Warning: Values Will Be Sent Again";

fn another_spelling_of_the_time_is_none() {
    for mode in ["", REAPPLY] {
        let scene = adopted(EmptyPut::Keeps, &config(mode));
        scene
            .sandbox
            .set_times(Spelling::digits(6), Spelling::nanoseconds());
        scene.configure(&config(&format!("name = \"Other\"\n{mode}")));
        scene.apply();
        scene.settles();
        for reads in [
            Spelling::digits(6).rounded(),
            Spelling::digits(3),
            Spelling::digits(6).offset(120),
            Spelling::nanoseconds().trimmed(),
        ] {
            scene.sandbox.set_times(reads, Spelling::nanoseconds());
            scene.settles();
        }
    }
}

fn a_stale_read_is_none() {
    for mode in ["", REAPPLY] {
        let mut scene = adopted(EmptyPut::Keeps, &config(mode));
        scene.write_only("token", "glsa_second_6Bn");
        scene.apply();
        let state = scene.attributes(GRAFANA);
        scene.sandbox.fault(Fault::Stale, When::next().reads());
        scene.apply().does_not_say("Warning");
        assert_eq!(scene.sandbox.pending_faults(), 0);
        assert_eq!(scene.attributes(GRAFANA), state);
        scene.settles();
    }
}

fn a_service_that_touches_each_write_gets_the_keys_once() {
    let options = Options::default().empty_put(EmptyPut::Keeps);
    let scene = adopted_with(options, &config(REAPPLY));
    // It is learnt that reads leave no stamp.
    scene.apply();
    somebody_rotates(&scene);
    scene
        .sandbox
        .set_touch(Touch::AsIfAfter(Duration::from_secs(2)));
    scene.plan().ran.says(AGAIN);
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    // So soon after, the first read may take it for a stamp of its own. It is said once.
    let says = |_| {
        let told = "Warning: Data Source Changed After Its Keys Were Sent Again";
        scene.apply().text.contains(told)
    };
    assert_eq!([1, 2].map(says).iter().filter(|told| **told).count(), 1);
    assert_eq!(scene.written(), NOTHING);
    scene.settles();
}

fn a_broken_key_that_somebody_mends_is_one() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    scene.apply();
    scene.sandbox.dashboard().disable(ID).unwrap();
    scene.apply().says(OFF);
    scene.apply();
    somebody_rotates(&scene);
    scene.sandbox.dashboard().enable(ID).unwrap();
    scene.ok(&["plan"]).says(TITLE);
}

fn switched_off_is_said_and_sent_again_under_reapply() {
    let scene = adopted(EmptyPut::Keeps, &config(""));
    scene.sandbox.dashboard().disable(ID).unwrap();
    scene
        .apply()
        .says_times(1, "Warning:")
        .says(OFF)
        .says("set on_external_change = \"reapply\"");
    scene.settles();

    let versioned = config_with(
        "api_key_wo = var.token\napi_key_wo_version = \"1\"",
        REAPPLY,
    );
    let scene = adopted(EmptyPut::Keeps, &versioned);
    scene.sandbox.dashboard().disable(ID).unwrap();
    let planned = scene.plan();
    planned.rotates(GRAFANA).ran.says(OFF).says(AGAIN);
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

fn taking_reapply_away_does_not_forget_it() {
    let scene = adopted(EmptyPut::Keeps, &config(REAPPLY));
    somebody_rotates(&scene);
    scene.configure(&config(""));
    scene.ok(&["plan"]).says_times(1, "Warning:").says(TITLE);
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.configure(&config(REAPPLY));
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

fn what_is_sent_anyway_is_not_advised() {
    let mut scene = adopted(EmptyPut::Keeps, &config(""));
    somebody_rotates(&scene);
    scene.write_only("token", "glsa_rotated_6Bn");
    scene
        .ok(&["plan"])
        .says(TITLE)
        .says("and this plan does not send your keys anyway, set on_external_change");
}
