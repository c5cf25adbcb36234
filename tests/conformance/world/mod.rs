//! The world around a provider: what practitioners write, what the API holds, what somebody does
//! elsewhere, and what is to be expected of it all.

pub mod config;
pub mod fault;
pub mod lookup;
pub mod walk;
