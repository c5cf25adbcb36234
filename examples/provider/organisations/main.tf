terraform {
  required_providers {
    incident = {
      source = "incident-telemetry/incident"
    }
  }
}

variable "incident_api_key_emea" {
  type      = string
  ephemeral = true
}

variable "incident_api_key_apac" {
  type      = string
  ephemeral = true
}

provider "incident" {
  alias   = "emea"
  api_key = var.incident_api_key_emea
}

provider "incident" {
  alias   = "apac"
  api_key = var.incident_api_key_apac
}

resource "incident_telemetry_data_source" "emea" {
  provider       = incident.emea
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
}

resource "incident_telemetry_data_source" "apac" {
  provider       = incident.apac
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEJ"
}
