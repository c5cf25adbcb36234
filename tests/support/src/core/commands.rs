//! The commands, each with core's order of calls (core-rules.md, section 1) and with what core
//! makes of the answers (sections 5 to 7).

use super::action::Action;
use super::merge;
use super::rules::value::{Place, at, place};
use super::rules::{Verdict, replan};
use super::session::{ApplyCall, PlanAnswer, PlanCall, Session};
use super::told::Told;
use super::values::{AnyValue, Path, Value};

/// What core stores of one resource instance.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its attributes.
    pub state: AnyValue,
    /// What the provider keeps beside them.
    pub private: Vec<u8>,
    /// Whether its creation failed half-way: the next plan replaces it.
    pub tainted: bool,
}

/// What a practitioner asks for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The configuration as it is at plan.
    pub config: AnyValue,
    /// What `ignore_changes` names; the root is `all`.
    pub ignored: Vec<Path>,
    /// `-replace`.
    pub replace: bool,
    /// Not `-refresh=false`.
    pub refresh: bool,
}

/// A plan, as a plan file holds it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What applying it does.
    pub action: Action,
    /// The refreshed object: what the state is once this plan is applied, as far as nothing is to
    /// be done.
    pub refreshed: Option<Object>,
    /// The state that the last call planned from; null for a create.
    pub prior: AnyValue,
    /// The planned state; null for a destroy.
    pub planned: AnyValue,
    /// The planned private state.
    pub private: Vec<u8>,
    /// What `ignore_changes` named.
    pub ignored: Vec<Path>,
    /// What planning said.
    pub diagnostics: Told,
    /// What the read alone said.
    pub read_diagnostics: Told,
}

/// How a plan ended.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// With or without changes.
    Planned(Box<Plan>),
    /// Errors: nothing is kept.
    Failed(Told),
}

/// Plans a create, an update or a replacement.
pub async fn plan(session: &mut Session<'_>, stored: Option<&Object>, wanted: &Wanted) -> Outcome {
    let mut refreshed = stored.cloned();
    let mut read_diagnostics = Told::default();
    if let Some(object) = &mut refreshed {
        object.state = session.upgrade(&object.state).await;
        if wanted.refresh {
            let read = session.read(&object.state, &object.private).await;
            if read.diagnostics.has_errors() {
                return Outcome::Failed(read.diagnostics);
            }
            read_diagnostics = read.diagnostics;
            object.state = read.state;
            object.private = read.private;
        }
    }
    refreshed = refreshed.filter(|object| !object.state.is_null());
    let valid = session.validate(&wanted.config).await;
    if valid.has_errors() {
        return Outcome::Failed(valid);
    }
    let mut diagnostics = Told::default();
    let tainted = refreshed.as_ref().is_some_and(|object| object.tainted);
    // A tainted object is planned as if it were not there, its private state not handed over.
    let prior = refreshed.as_ref().filter(|object| !object.tainted);
    let first = ask(
        session,
        prior.map_or(&Value::Null, |object| &object.state),
        prior
            .map(|object| object.private.clone())
            .unwrap_or_default(),
        &wanted.config,
        &wanted.ignored,
        Vec::new(),
    )
    .await;
    diagnostics.0.extend(first.answer.diagnostics.0.clone());
    if first.answer.diagnostics.has_errors() {
        return Outcome::Failed(diagnostics);
    }
    let mut action = first.action;
    let mut answer = first.answer;
    let mut prior_state = prior.map_or(Value::Null, |object| object.state.clone());
    if tainted {
        action = Action::Replace;
    } else if action == Action::Replace
        || (wanted.replace && matches!(action, Action::NoOp | Action::Update))
    {
        action = Action::Replace;
        let second = ask(
            session,
            &Value::Null,
            answer.private,
            &wanted.config,
            &[],
            Vec::new(),
        )
        .await;
        if second.answer.diagnostics.has_errors() {
            diagnostics.0.extend(second.answer.diagnostics.0);
            return Outcome::Failed(diagnostics);
        }
        answer = second.answer;
        prior_state = Value::Null;
    }
    Outcome::Planned(Box::new(Plan {
        action,
        refreshed,
        prior: prior_state,
        planned: answer.planned,
        private: answer.private,
        ignored: wanted.ignored.clone(),
        diagnostics,
        read_diagnostics,
    }))
}

struct Asked {
    action: Action,
    answer: PlanAnswer,
}

/// One `PlanResourceChange`, and what core decides by it.
async fn ask(
    session: &mut Session<'_>,
    prior: &AnyValue,
    prior_private: Vec<u8>,
    config: &AnyValue,
    ignored: &[Path],
    planned_private: Vec<u8>,
) -> Asked {
    let block = &session.schemas.resource;
    let config = if prior.is_null() {
        config.clone()
    } else {
        merge::ignore(config, prior, ignored)
    };
    let answer = session
        .plan(PlanCall {
            prior: prior.clone(),
            proposed: merge::proposed(block, prior, &config),
            config,
            prior_private,
            planned_private,
        })
        .await;
    let differs = |path: &&Path| {
        let write_only = matches!(
            place(block, path),
            Some(Place::Attribute(attribute)) if attribute.write_only
        );
        let (before, after) = (at(prior, path), at(&answer.planned, path));
        write_only || before != after || after.is_some_and(AnyValue::is_unknown)
    };
    let action = if prior.is_null() {
        Action::Create
    } else if answer.replace.iter().any(|path| differs(&path)) {
        Action::Replace
    } else if answer.planned == *prior {
        Action::NoOp
    } else {
        Action::Update
    };
    Asked { action, answer }
}

/// What applying a plan came to.
#[derive(Debug)]
pub struct Applied {
    /// What core stores afterwards.
    pub stored: Option<Object>,
    /// What was said on the way.
    pub diagnostics: Told,
    /// What the second planning broke: core stops before anything is sent.
    pub inconsistent: Verdict,
}

/// Carries a plan out, in a new run. `config` is the configuration as it is now.
pub async fn apply(
    session: &mut Session<'_>,
    plan: &Plan,
    config: &AnyValue,
    stop_before_apply: bool,
) -> Applied {
    let mut applied = Applied {
        stored: plan.refreshed.clone(),
        diagnostics: Told::default(),
        inconsistent: Verdict::default(),
    };
    if plan.action == Action::NoOp {
        return applied;
    }
    let mut prior = match &plan.refreshed {
        Some(object) => session.upgrade(&object.state).await,
        None => Value::Null,
    };
    let mut prior_private = match &plan.refreshed {
        Some(object) => object.private.clone(),
        None => Vec::new(),
    };
    if plan.action == Action::Delete {
        destroy(session, &mut applied, prior, plan.private.clone()).await;
        return applied;
    }
    let valid = session.validate(config).await;
    if valid.has_errors() {
        applied.diagnostics = valid;
        return applied;
    }
    if plan.action == Action::Replace {
        destroy(session, &mut applied, prior, plan.private.clone()).await;
        if applied.diagnostics.has_errors() {
            return applied;
        }
        prior = Value::Null;
        prior_private = Vec::new();
    }
    let handed_over = if session.generation.store_planned_private {
        plan.private.clone()
    } else {
        Vec::new()
    };
    let again = ask(
        session,
        &prior,
        prior_private.clone(),
        config,
        &plan.ignored,
        handed_over,
    )
    .await;
    applied
        .diagnostics
        .0
        .extend(again.answer.diagnostics.0.clone());
    if again.answer.diagnostics.has_errors() {
        return applied;
    }
    let first = match plan.action {
        Action::Replace => Action::Create,
        action => action,
    };
    applied.inconsistent = replan::judge(
        (first, &plan.planned),
        (again.action, &again.answer.planned),
    );
    if !applied.inconsistent.findings.is_empty() || again.action == Action::NoOp {
        return applied;
    }
    if stop_before_apply {
        session.stop().await;
    }
    let answer = session
        .apply(ApplyCall {
            prior: prior.clone(),
            planned: again.answer.planned,
            config: config.clone(),
            planned_private: again.answer.private,
        })
        .await;
    let failed = answer.diagnostics.has_errors();
    applied.diagnostics.0.extend(answer.diagnostics.0);
    if !answer.state.is_null() {
        applied.stored = Some(Object {
            tainted: failed && prior.is_null(),
            state: answer.state,
            private: answer.private,
        });
    }
    applied
}

async fn destroy(
    session: &mut Session<'_>,
    applied: &mut Applied,
    prior: AnyValue,
    private: Vec<u8>,
) {
    let answer = session
        .apply(ApplyCall {
            prior,
            planned: Value::Null,
            config: Value::Null,
            planned_private: private,
        })
        .await;
    if !answer.diagnostics.has_errors() {
        applied.stored = None;
    } else if !answer.state.is_null()
        && let Some(object) = &mut applied.stored
    {
        object.state = answer.state;
        object.private = answer.private;
    }
    applied.diagnostics.0.extend(answer.diagnostics.0);
}

/// The destroy walk, after a normal plan has refreshed the object.
pub async fn plan_destroy(session: &mut Session<'_>, refreshed: Object) -> Plan {
    let state = session.upgrade(&refreshed.state).await;
    let answer = session
        .plan(PlanCall {
            prior: state,
            proposed: Value::Null,
            config: Value::Null,
            prior_private: refreshed.private.clone(),
            planned_private: Vec::new(),
        })
        .await;
    Plan {
        action: Action::Delete,
        prior: refreshed.state.clone(),
        refreshed: Some(refreshed),
        planned: answer.planned,
        private: answer.private,
        ignored: Vec::new(),
        diagnostics: answer.diagnostics,
        read_diagnostics: Told::default(),
    }
}

/// `import`: an object, or errors.
pub async fn import(session: &mut Session<'_>, id: &str) -> Result<Object, Told> {
    let (imported, diagnostics) = session.import(id).await;
    let Some((state, private)) = imported else {
        return Err(diagnostics);
    };
    let read = session.read(&state, &private).await;
    if read.diagnostics.has_errors() || read.state.is_null() {
        return Err(read.diagnostics);
    }
    if session.generation.generates_config {
        let config = session.generate(&read.state).await;
        let diagnostics = session.validate(&config).await;
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
    }
    Ok(Object {
        state: read.state,
        private: read.private,
        tainted: false,
    })
}
