variable "grafana_token" {
  type      = string
  sensitive = true
}

variable "datadog_api_key" {
  type      = string
  sensitive = true
}

variable "datadog_app_key" {
  type      = string
  sensitive = true
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
  name           = "Production Grafana"

  grafana_config {
    api_key = var.grafana_token
    api_url = "grafana.example.com"
  }
}

resource "incident_telemetry_data_source" "datadog" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEJ"

  datadog_config {
    api_key = var.datadog_api_key
    app_key = var.datadog_app_key
  }
}
