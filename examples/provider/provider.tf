terraform {
  required_providers {
    incident = {
      source = "incident-telemetry/incident"
    }
  }
}

# The API key comes from the environment variable INCIDENT_API_KEY.
provider "incident" {}
