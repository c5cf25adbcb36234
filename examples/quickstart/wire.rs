//! Drives the provider by the plugin protocol, as Terraform's core does.

use std::rc::Rc;

use incident_sandbox::{DEFAULT_KEY, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::{Driver, Failure, ID, Looked, NAME, Planned, say};
use test_support::host::{self, Host, RESOURCE, State, Told, UNKNOWN, dynamic};
use test_support::plugin_client::{Launch, PluginClient};
use test_support::proto::tfplugin6::{apply_resource_change, plan_resource_change};

/// A host, and what it keeps between runs.
pub(crate) struct Wire {
    runtime: Rc<Runtime>,
    endpoint: String,
    state: Option<State>,
    plan: Option<host::Planned>,
}

impl Wire {
    /// Without a state.
    pub(crate) fn new(sandbox: &Sandbox) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        Ok(Self {
            runtime: Rc::new(runtime),
            endpoint: sandbox.endpoint(),
            state: None,
            plan: None,
        })
    }

    /// A provider of its own for each run, as Terraform has it.
    async fn launch(&self) -> Result<(PluginClient, Host), Failure> {
        let client = Launch::new().start().await;
        let process = &client.process;
        say::output(&format!(
            "launched {} in {:.0?}: {}, mutual TLS",
            process.id(),
            process.elapsed,
            process.handshake.network
        ))?;
        let host = Host::new(&client).await;
        told(
            &host
                .configure(json!({"endpoint": self.endpoint, "api_key": DEFAULT_KEY}))
                .await,
        )?;
        say::output("GetProviderSchema, ConfigureProvider")?;
        Ok((client, host))
    }

    /// Refreshes and plans. As with `terraform plan`, what was read gets into the plan alone.
    async fn planned(&mut self, token: &str) -> Result<Planned, Failure> {
        let (client, host) = self.launch().await?;
        let mut warns = false;
        let mut prior = None;
        if let Some(before) = &self.state {
            let (after, said) = host.refresh(before).await?;
            prior = after;
            say::output("ReadResource")?;
            warns |= told(&said)?;
        }
        let plan = host.plan(&config(token), prior.as_ref()).await?;
        say::output("PlanResourceChange")?;
        warns |= told(&plan.told)?;
        changed(prior.as_ref().map(|state| &state.value), &plan.planned)?;
        client.shutdown().await;
        let changes = plan.changes();
        self.plan = Some(plan);
        Ok(Planned { changes, warns })
    }

    /// Plans once more, in another process, and applies.
    async fn applied(&mut self, token: &str) -> Result<(), Failure> {
        let plan = self.plan.as_ref().ok_or("there is no plan to apply")?;
        let (client, host) = self.launch().await?;
        let again = host.plan_again(&config(token), plan).await?;
        say::output("PlanResourceChange")?;
        if again.planned != plan.planned {
            return Err("the second plan is not the first".into());
        }
        let (after, said) = host.apply(&again).await?;
        self.state = after;
        say::output("ApplyResourceChange")?;
        told(&said)?;
        client.shutdown().await;
        Ok(())
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
        say::output("PlanResourceChange, to nothing")?;
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
        say::output("ApplyResourceChange")?;
        told(&Told(answer.diagnostics))?;
        if answer.new_state.is_some_and(|state| state != nothing) {
            return Err("the state still has it".into());
        }
        client.shutdown().await;
        Ok(())
    }
}

impl Driver for Wire {
    fn plan(&mut self, token: &str) -> Result<Planned, Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.planned(token))
    }

    fn apply(&mut self, token: &str) -> Result<(), Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.applied(token))
    }

    fn look(&mut self, token: &str) -> Result<Vec<Looked>, Failure> {
        let state = self.state.as_ref().ok_or("there is no state")?;
        let plan = self.plan.as_ref().ok_or("there is no plan")?;
        let state = [state.value.to_string().as_bytes(), &state.private].concat();
        let plan = [plan.planned.to_string().as_bytes(), &plan.private].concat();
        Ok(vec![
            Looked::at("the state, private state included", &state, token),
            Looked::at("the plan, private state included", &plan, token),
        ])
    }

    fn keeps_no_keys(&self) -> bool {
        true
    }

    fn forget(&mut self, _token: &str) -> Result<(), Failure> {
        let runtime = Rc::clone(&self.runtime);
        runtime.block_on(self.destroy())
    }
}

fn config(token: &str) -> Value {
    json!({"data_source_id": ID, "name": NAME, "grafana_config": {"api_key_wo": token}})
}

/// Shows what the provider has to say, and whether that is something; an error ends the walk.
fn told(told: &Told) -> Result<bool, Failure> {
    let text = told.text();
    say::output(&text)?;
    if told.has_errors() {
        return Err("the provider answered with an error".into());
    }
    Ok(!text.is_empty())
}

/// Shows what a plan changes.
fn changed(prior: Option<&Value>, planned: &Value) -> Result<(), Failure> {
    let attributes = planned.as_object().into_iter().flatten();
    for (name, after) in attributes {
        let before = prior.map_or(&Value::Null, |prior| &prior[name]);
        if before == after {
            continue;
        }
        let text = |value: &Value| match value {
            Value::Object(_) => "a block".to_owned(),
            Value::String(text) if text == UNKNOWN => text.clone(),
            value => value.to_string(),
        };
        let sign = if prior.is_some() { "~" } else { "+" };
        say::output(&format!(
            "  {sign} {name}: {} -> {}",
            text(before),
            text(after)
        ))?;
    }
    Ok(())
}
