variable "grafana_token" {
  type      = string
  ephemeral = true
}

variable "datadog_app_key" {
  type      = string
  ephemeral = true
}

locals {
  sources = {
    grafana = { id = "01G0J1EXE7AXZ2C93K61WBPYEH", kind = "grafana" }
    datadog = { id = "01G0J1EXE7AXZ2C93K61WBPYEJ", kind = "datadog" }
  }
}

resource "incident_telemetry_data_source" "all" {
  for_each       = local.sources
  data_source_id = each.value.id

  dynamic "grafana_config" {
    for_each = each.value.kind == "grafana" ? [1] : []
    content {
      api_key_wo = var.grafana_token
    }
  }

  dynamic "datadog_config" {
    for_each = each.value.kind == "datadog" ? [1] : []
    content {
      app_key_wo = var.datadog_app_key
    }
  }
}
