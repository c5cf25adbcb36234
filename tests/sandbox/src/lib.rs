//! A stand-in for the incident.io API.
