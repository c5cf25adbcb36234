//! What somebody does by hand on incident.io's pages, behind Terraform's back.

use crate::{
    shared::Shared,
    store::{DataSource, DataSourceSeed, NoSuchSource, stamp},
};

/// Hands on the dashboard. Each action stamps `updated_at` and returns the stamp.
#[derive(Debug)]
pub struct Dashboard<'a> {
    pub(crate) shared: &'a Shared,
}

impl Dashboard<'_> {
    /// Gives the source another name.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn rename(&self, id: &str, name: &str) -> Result<String, NoSuchSource> {
        self.change(id, |source| name.clone_into(&mut source.name))
    }

    /// Switches the source off, as incident.io does by itself when its credentials fail.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn disable(&self, id: &str) -> Result<String, NoSuchSource> {
        self.change(id, |source| source.enabled = false)
    }

    /// Switches the source on.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn enable(&self, id: &str) -> Result<String, NoSuchSource> {
        self.change(id, |source| source.enabled = true)
    }

    /// Puts another value into a configuration field, like `grafana_config.api_key`.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn rotate(&self, id: &str, field: &str, value: &str) -> Result<String, NoSuchSource> {
        self.change(id, |source| {
            source.config.insert(field.to_owned(), value.to_owned());
        })
    }

    /// Disconnects the source: it is not found from now on.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn delete(&self, id: &str) -> Result<(), NoSuchSource> {
        self.shared.lock().store.delete(id)
    }

    /// Connects a deleted source again, enabled and otherwise as it was.
    ///
    /// # Errors
    /// The source never existed.
    pub fn reconnect(&self, id: &str) -> Result<String, NoSuchSource> {
        self.shared.lock().store.restore(id)?;
        self.enable(id)
    }

    /// Connects a source anew, under an id that may have been in use: nothing of what was there
    /// before remains. Both its times are those of the action.
    pub fn connect(&self, seed: DataSourceSeed) -> String {
        let mut world = self.shared.lock();
        let clock = world.clock();
        world.store.add_at(seed, stamp(clock.now())).updated_at()
    }

    /// Saves the source without a change, as a job of incident.io's does too.
    ///
    /// # Errors
    /// The source does not exist.
    pub fn touch(&self, id: &str) -> Result<String, NoSuchSource> {
        self.change(id, |_| ())
    }

    fn change(&self, id: &str, edit: impl FnOnce(&mut DataSource)) -> Result<String, NoSuchSource> {
        let mut world = self.shared.lock();
        world.catch_up();
        let clock = world.clock();
        world.store.change(id, |source| {
            edit(source);
            source.stamp(clock);
            source.updated_at()
        })
    }
}
