//! Tests that start the built provider and speak the plugin protocol with it.

mod generated_code;
