//! What somebody does by hand on incident.io's pages, behind Terraform's back.

use crate::{
    shared::Shared,
    store::{DataSource, NoSuchSource},
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

    /// Switches the source off.
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

    /// Removes the source.
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
        let mut world = self.shared.lock();
        let clock = world.clock();
        let source = world.store.restore(id)?;
        source.enabled = true;
        source.stamp(clock);
        Ok(source.updated_at())
    }

    fn change(&self, id: &str, edit: impl FnOnce(&mut DataSource)) -> Result<String, NoSuchSource> {
        let mut world = self.shared.lock();
        let clock = world.clock();
        let source = world.store.get_mut(id)?;
        edit(source);
        source.stamp(clock);
        Ok(source.updated_at())
    }
}
