//! Taking no notice.

use incident_sandbox::EmptyPut;
use test_support::tests;

use super::{IGNORE, OTHER, adopted, config, somebody_rotates};
use crate::scene::{GRAFANA, NOTHING};

tests! {
    nothing_is_said_and_nothing_sent
}

fn nothing_is_said_and_nothing_sent() {
    let scene = adopted(EmptyPut::Keeps, &config(IGNORE));
    let when = somebody_rotates(&scene);
    assert_eq!(scene.apply_writes(), NOTHING);
    scene.apply().does_not_say("Warning");
    assert_eq!(scene.attributes(GRAFANA)["updated_at"], *when);
    assert_eq!(scene.grafana_key().as_deref(), Some(OTHER));
    scene.settles();
}
