//! A state that does not say what was seen last.

use test_support::tests;

use super::{OTHER, REAPPLY, TITLE, TOKEN, body, plain, somebody_rotates};
use crate::scene::{GRAFANA, ID, Scene};

tests! {
    an_import_raises_no_alarm,
    a_state_without_the_record_raises_no_alarm
}

fn an_import_raises_no_alarm(scene: &mut Scene) {
    scene.configure(&plain(""));
    scene.sensitive("token", TOKEN).must_not_show(OTHER);
    somebody_rotates(scene);
    scene.ok(&["import", GRAFANA, ID]).does_not_say("Warning");
    scene.plan().ran.does_not_say(TITLE);
    assert_eq!(scene.apply_writes(), [body(TOKEN)]);
    scene.settles();
}

fn a_state_without_the_record_raises_no_alarm() {
    for mode in ["", REAPPLY] {
        let mut scene = Scene::new();
        scene.configure(&plain(mode));
        scene.sensitive("token", TOKEN).must_not_show(OTHER);
        scene.apply();
        scene.lose_private_state();
        somebody_rotates(&scene);
        // Nobody knows what was sent, so it is sent once.
        scene.sandbox.take_journal();
        scene
            .apply()
            .says("Warning: Values Will Be Sent Again")
            .says("The record of what was last sent")
            .does_not_say(TITLE);
        assert_eq!(scene.written(), [body(TOKEN)]);
        scene.settles();
        // From here on it is recorded, what the API does with an empty update included.
        scene.apply();
        somebody_rotates(&scene);
        match mode {
            "" => {
                scene.ok(&["plan"]).says(TITLE);
            }
            _ => {
                scene.plan().rotates(GRAFANA);
            }
        }
    }
}
