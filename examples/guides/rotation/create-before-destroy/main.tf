terraform {
  required_version = ">= 1.11"

  required_providers {
    incident = {
      source = "incident-telemetry/incident"
    }
  }
}

provider "incident" {}

variable "grafana_token_name" {
  description = "Another name makes another token."
  type        = string
  default     = "incident-2026-01"
}

# Stands in for a grafana_service_account_token: replaced by another, with another id and key, when its name changes.
resource "terraform_data" "token" {
  triggers_replace = var.grafana_token_name

  lifecycle {
    create_before_destroy = true
  }
}

resource "incident_telemetry_data_source" "grafana" {
  data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"

  grafana_config {
    api_key_wo         = "glsa_${terraform_data.token.id}"
    api_key_wo_version = terraform_data.token.id
  }
}
