terraform {
  required_version = ">= 1.11"

  required_providers {
    incident = {
      source  = "incident-telemetry/incident"
      version = "~> 0.1"
    }
  }
}

provider "incident" {} # the API key comes from INCIDENT_API_KEY

# A variable that is only sensitive is stored in saved plans.
variable "grafana_token" {
  type      = string
  ephemeral = true
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
  name           = "Production Grafana"

  grafana_config {
    api_key_wo = var.grafana_token # in neither plan nor state
  }
}
