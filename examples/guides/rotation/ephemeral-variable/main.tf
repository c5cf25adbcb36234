terraform {
  required_version = ">= 1.11"

  required_providers {
    incident = {
      source = "incident-telemetry/incident"
    }
  }
}

provider "incident" {}

variable "grafana_token" {
  type      = string
  ephemeral = true
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"

  grafana_config {
    api_key_wo = var.grafana_token
  }
}
