data "incident_telemetry_data_source" "grafana" {
  id = "01G0J1EXE7AXZ2C93K61WBPYEH"
}

# incident.io switches a data source off when its credentials fail.
check "grafana_is_in_use" {
  assert {
    condition     = data.incident_telemetry_data_source.grafana.enabled
    error_message = "incident.io has switched off ${data.incident_telemetry_data_source.grafana.name}."
  }
}
