//! `lifecycle { destroy = false }` in a resource block.

use crate::scene::{Scene, with_token};

test_support::tests! {
    ;
    terraform, tofu
}

const KEPT: &str = "  lifecycle {\n    destroy = false\n  }";

fn adopted(scene: &Scene) {
    scene.adopted(&with_token(KEPT));
    scene.plan_is_empty().is_silent();
}

/// Terraform reads it from the configuration alone.
pub(super) mod terraform {
    use test_support::tests;

    use super::adopted;
    use crate::scene::{NOTHING, Scene};

    tests! { once_the_block_is_gone_it_is_a_plain_destroy }

    fn once_the_block_is_gone_it_is_a_plain_destroy(scene: &mut Scene) {
        adopted(scene);
        scene.configure("");
        scene
            .apply()
            .says("Warning: Data Source Stays Active in incident.io")
            .says("1 destroyed");
        assert_eq!(scene.written(), NOTHING);
    }
}

/// OpenTofu keeps it in the state.
pub(super) mod tofu {
    use test_support::tests;

    use super::adopted;
    use crate::scene::{NOTHING, Scene};

    tests! {
        once_the_block_is_gone_it_is_forgotten,
        a_destroy_ends_with_a_complaint_of_opentofus
    }

    fn once_the_block_is_gone_it_is_forgotten(scene: &mut Scene) {
        adopted(scene);
        scene.configure("");
        scene
            .apply()
            .does_not_say("Data Source Stays Active")
            .says("0 destroyed");
        assert_eq!(scene.written(), NOTHING);
        assert!(scene.ok(&["state", "list"]).stdout.is_empty());
    }

    fn a_destroy_ends_with_a_complaint_of_opentofus(scene: &mut Scene) {
        adopted(scene);
        scene.fails(&["destroy", "-auto-approve"]);
        adopted(scene);
        scene.ok(&["destroy", "-auto-approve", "-suppress-forget-errors"]);
        assert_eq!(scene.written(), NOTHING);
    }
}
