//! Drives the provider by the plugin protocol, as Terraform's core does.

use std::rc::Rc;

use incident_sandbox::{DEFAULT_KEY, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{Driver, Failure, ID, NAME, show};
use test_support::host::{Host, Planned, RESOURCE, State, Told, UNKNOWN, dynamic};
use test_support::plugin_client::{Launch, PluginClient};
use test_support::proto::tfplugin6::{apply_resource_change, plan_resource_change};

/// A host, and the state that it keeps between runs.
pub(crate) struct Wire {
    runtime: Rc<Runtime>,
    endpoint: String,
    state: Option<State>,
}

impl Wire {
    /// Without a state.
    pub(crate) fn new(sandbox: &Sandbox) -> Result<Self, Failure> {
        Ok(Self {
            runtime: Rc::new(
                tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?,
            ),
            endpoint: sandbox.endpoint(),
            state: None,
        })
    }

    /// A provider of its own for each run, as Terraform has it.
    async fn launch(&self) -> Result<(PluginClient, Host), Failure> {
        let client = Launch::new().start().await;
        let process = &client.process;
        show(&format!(
            "launched {} in {:.0?}: {}, mutual TLS",
            process.id(),
            process.elapsed,
            process.handshake.network
        ));
        let host = Host::new(&client).await;
        told(
            &host
                .configure(json!({"endpoint": self.endpoint, "api_key": DEFAULT_KEY}))
                .await,
        )?;
        show("GetProviderSchema, ConfigureProvider");
        Ok((client, host))
    }

    /// Refreshes and plans.
    async fn planned(&mut self, host: &Host, token: &str) -> Result<Planned, Failure> {
        if let Some(before) = self.state.take() {
            let (after, said) = host.refresh(&before).await?;
            self.state = after;
            show("ReadResource");
            told(&said)?;
        }
        let config = json!({
            "data_source_id": ID, "name": NAME, "grafana_config": {"api_key": token},
        });
        let plan = host.plan(&config, self.state.as_ref()).await?;
        show("PlanResourceChange");
        told(&plan.told)?;
        changes(self.state.as_ref().map(|state| &state.value), &plan.planned);
        Ok(plan)
    }

    async fn run(&mut self, token: &str, apply: bool) -> Result<bool, Failure> {
        let (client, host) = self.launch().await?;
        let plan = self.planned(&host, token).await?;
        let has_changes = plan.changes();
        if apply && has_changes {
            let (after, said) = host.apply(&plan).await?;
            self.state = after;
            show("ApplyResourceChange");
            told(&said)?;
        }
        client.shutdown().await;
        Ok(has_changes)
    }

    async fn destroy(&mut self) -> Result<(), Failure> {
        let (client, host) = self.launch().await?;
        let state = self.state.take().ok_or("there is no state to forget")?;
        let nothing = dynamic(&Value::Null);
        let plan = host
            .provider
            .clone()
            .plan_resource_change(plan_resource_change::Request {
                type_name: RESOURCE.to_owned(),
                prior_state: Some(dynamic(&state.value)),
                proposed_new_state: Some(nothing.clone()),
                config: Some(nothing.clone()),
                prior_private: state.private,
                ..plan_resource_change::Request::default()
            })
            .await?
            .into_inner();
        show("PlanResourceChange, to nothing");
        told(&Told(plan.diagnostics))?;
        let answer = host
            .provider
            .clone()
            .apply_resource_change(apply_resource_change::Request {
                type_name: RESOURCE.to_owned(),
                prior_state: Some(dynamic(&state.value)),
                planned_state: Some(nothing.clone()),
                config: Some(nothing.clone()),
                planned_private: plan.planned_private,
                ..apply_resource_change::Request::default()
            })
            .await?
            .into_inner();
        show("ApplyResourceChange");
        told(&Told(answer.diagnostics))?;
        if answer.new_state.is_some_and(|state| state != nothing) {
            return Err("the state still has it".into());
        }
        client.shutdown().await;
        Ok(())
    }
}

impl Driver for Wire {
    fn apply(&mut self, token: &str) -> Result<(), Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.run(token, true)).map(drop)
    }

    fn plan(&mut self, token: &str) -> Result<bool, Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.run(token, false))
    }

    fn forget(&mut self, _token: &str) -> Result<(), Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.destroy())
    }
}

/// Shows what the provider has to say; an error ends the walk.
fn told(told: &Told) -> Result<(), Failure> {
    show(&told.text());
    if told.has_errors() {
        return Err("the provider answered with an error".into());
    }
    Ok(())
}

/// Shows what a plan changes. Of a config block no more than that it does: keys are in it.
fn changes(prior: Option<&Value>, planned: &Value) {
    let attributes = planned.as_object().into_iter().flatten();
    for (name, after) in attributes {
        let before = prior.map_or(&Value::Null, |prior| &prior[name]);
        if before == after {
            continue;
        }
        let text = |value: &Value| match value {
            Value::Object(_) => "(sensitive)".to_owned(),
            Value::String(text) if text == UNKNOWN => text.clone(),
            value => value.to_string(),
        };
        show(&format!("  {name}: {} -> {}", text(before), text(after)));
    }
}
