# Needs no API key and makes no request.
mock_provider "incident" {
  mock_resource "incident_telemetry_data_source" {
    defaults = {
      enabled       = true
      provider_name = "grafana"
    }
  }

  mock_data "incident_telemetry_data_source" {
    defaults = {
      name = "Production Datadog"
    }
  }
}

variables {
  grafana_token = "glsa_of_the_test"
}

run "adopts" {
  assert {
    condition     = incident_telemetry_data_source.grafana.name == "Production Grafana"
    error_message = "The data source has another name."
  }

  assert {
    condition     = output.enabled
    error_message = "The data source is switched off."
  }

  assert {
    condition     = data.incident_telemetry_data_source.datadog.name == "Production Datadog"
    error_message = "The data source has another name."
  }
}
