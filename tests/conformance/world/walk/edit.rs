//! What practitioners change in their configuration, and others in the dashboard.

use incident_sandbox::DataSource;

use super::check::Mirror;
use super::{Dashboard, Walk};
use crate::world::config::{Form, Input, Leaf, Secret};

impl Walk<'_> {
    pub(super) fn edit(&mut self, leaf: Leaf, input: Input) {
        let leaf = match leaf {
            Leaf::Secret(secret, _) if !self.generation.write_only => secret.leaf(Form::Plain),
            leaf => leaf,
        };
        let fits = leaf.kind().is_none_or(|kind| {
            let source = self.stage.sandbox.data_source(&self.id());
            source.is_none_or(|source| source.provider == kind.provider())
        });
        if !fits {
            return;
        }
        let input = match (leaf, input) {
            (Leaf::Secret(_, Form::WriteOnly), input) => input,
            (_, Input::Flaps(text, _)) => Input::Set(text),
            (_, input) => input,
        };
        self.config.edit(leaf, input);
    }

    pub(super) fn swap(&mut self, secret: Secret) {
        let (plain, write_only) = (secret.leaf(Form::Plain), secret.leaf(Form::WriteOnly));
        let mut input = self.config.leaf(plain);
        let mut to = write_only;
        if input == Input::Null {
            input = self.config.leaf(write_only);
            to = plain;
        }
        if input != Input::Null && self.generation.write_only {
            self.edit(to, input);
        }
    }

    pub(super) fn change_elsewhere(&mut self, change: &Dashboard) {
        let id = self.id();
        let dashboard = self.stage.sandbox.dashboard();
        // Long enough after whatever was before.
        self.stage.skew += 10;
        self.stage.sandbox.set_clock_skew(self.stage.skew);
        let done = match change {
            Dashboard::Rename(name) => dashboard.rename(&id, name).is_ok(),
            Dashboard::Disable => dashboard.disable(&id).is_ok(),
            Dashboard::Enable => dashboard.enable(&id).is_ok(),
            Dashboard::Rotate(secret, value) => {
                let fits = |source: &DataSource| source.provider == secret.kind().provider();
                self.stage
                    .sandbox
                    .data_source(&id)
                    .as_ref()
                    .is_some_and(fits)
                    && dashboard.rotate(&id, secret.field(), value).is_ok()
            }
            Dashboard::Delete => dashboard.delete(&id).is_ok(),
            Dashboard::Reconnect => dashboard.reconnect(&id).is_ok(),
            Dashboard::Version(version) => self
                .stage
                .sandbox
                .set_version(&id, version.as_deref())
                .is_ok(),
        };
        if done {
            match self.stage.sandbox.data_source(&id) {
                Some(source) => self.mirror.insert(id, Mirror::of(&source)),
                None => self.mirror.remove(&id),
            };
        }
    }
}
