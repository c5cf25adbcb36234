variable "grafana_token" {
  type      = string
  ephemeral = true
}

variable "grafana_token_version" {
  type = string
}

# Changes whenever there is another token.
resource "terraform_data" "grafana_token" {
  input = var.grafana_token_version

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.incident_telemetry_rotate_credentials.grafana]
    }
  }
}

action "incident_telemetry_rotate_credentials" "grafana" {
  config {
    data_source_id = "01G0J1EXE7AXZ2C93K61WBPYEH"

    grafana_config {
      api_key = var.grafana_token
    }
  }
}
