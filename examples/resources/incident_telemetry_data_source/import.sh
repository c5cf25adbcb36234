# The id is the one that incident.io shows for the data source.
terraform import incident_telemetry_data_source.grafana 01G0J1EXE7AXZ2C93K61WBPYEH
