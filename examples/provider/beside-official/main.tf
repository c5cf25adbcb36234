terraform {
  required_providers {
    incident = {
      source = "incident-io/incident"
    }
    incident-telemetry = {
      source = "incident-telemetry/incident"
    }
  }
}

provider "incident" {}
provider "incident-telemetry" {}

resource "incident_telemetry_data_source" "grafana" {
  provider       = incident-telemetry
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
}
