import {
  to = incident_telemetry_data_source.grafana
  identity = {
    data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"
  }
}
