terraform {
  required_providers {
    incident = { source = "incident-telemetry/incident" }
  }
}

variable "grafana_token" {
  type      = string
  ephemeral = true
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
  name           = "Production Grafana"

  grafana_config {
    api_key_wo         = var.grafana_token
    api_key_wo_version = "1"
  }
}

data "incident_telemetry_data_source" "datadog" {
  id = "01G0J1EXE7AXZ2C93K61WBPYEJ"
}

output "enabled" {
  value = incident_telemetry_data_source.grafana.enabled
}
