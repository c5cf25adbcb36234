//! The commands, each with core's order of calls (core-rules.md, section 1) and with what core
//! makes of the answers (sections 5 to 7).

use super::action::Action;
use super::merge;
use super::rules::value::{Place, at, place};
use super::rules::{Verdict, replan};
use super::session::{ApplyCall, MoveCall, PlanAnswer, PlanCall, Session};
use super::told::Told;
use super::values::{AnyValue, Path, Value};

/// What core stores of one resource instance.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its attributes.
    pub state: AnyValue,
    /// What the provider keeps beside them.
    pub private: Vec<u8>,
    /// Its identity, of a client that keeps them.
    pub identity: Option<AnyValue>,
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
    /// The planned identity.
    pub identity: Option<AnyValue>,
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
        if object.identity.is_none() && session.generation.hands_every_identity {
            object.identity = session.upgrade_identity().await;
        }
        if wanted.refresh {
            read_diagnostics = refresh(session, object).await;
            if read_diagnostics.has_errors() {
                return Outcome::Failed(read_diagnostics);
            }
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
    let before = prior.map(Prior::of).unwrap_or_default();
    let first = ask(session, before, &wanted.config, &wanted.ignored, Vec::new()).await;
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
        let before = Prior {
            private: answer.private,
            identity: answer
                .identity
                .filter(|_| session.generation.hands_every_identity),
            ..Prior::default()
        };
        let second = ask(session, before, &wanted.config, &[], Vec::new()).await;
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
        identity: answer.identity,
        ignored: wanted.ignored.clone(),
        diagnostics,
        read_diagnostics,
    }))
}

/// What a plan begins with: nothing, for a create.
#[derive(Default)]
struct Prior {
    state: AnyValue,
    private: Vec<u8>,
    identity: Option<AnyValue>,
}

impl Prior {
    fn of(object: &Object) -> Self {
        Self {
            state: object.state.clone(),
            private: object.private.clone(),
            identity: object.identity.clone(),
        }
    }
}

struct Asked {
    action: Action,
    answer: PlanAnswer,
}

/// One `PlanResourceChange`, and what core decides by it.
async fn ask(
    session: &mut Session<'_>,
    before: Prior,
    config: &AnyValue,
    ignored: &[Path],
    planned_private: Vec<u8>,
) -> Asked {
    let prior = &before.state;
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
            prior_private: before.private,
            planned_private,
            prior_identity: before.identity,
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
    let mut before = plan.refreshed.as_ref().map(Prior::of).unwrap_or_default();
    if plan.refreshed.is_some() {
        before.state = session.upgrade(&before.state).await;
    }
    if plan.action == Action::Delete {
        destroy(session, &mut applied, before.state, plan).await;
        return applied;
    }
    let valid = session.validate(config).await;
    if valid.has_errors() {
        applied.diagnostics = valid;
        return applied;
    }
    if plan.action == Action::Replace {
        destroy(session, &mut applied, before.state, plan).await;
        if applied.diagnostics.has_errors() {
            return applied;
        }
        before = Prior::default();
    }
    let prior = before.state.clone();
    let handed_over = if session.generation.store_planned_private {
        plan.private.clone()
    } else {
        Vec::new()
    };
    let again = ask(session, before, config, &plan.ignored, handed_over).await;
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
            prior_private: plan
                .refreshed
                .as_ref()
                .map_or_else(Vec::new, |it| it.private.clone()),
            planned_private: again.answer.private,
            planned_identity: again.answer.identity,
        })
        .await;
    let failed = answer.diagnostics.has_errors();
    applied.diagnostics.0.extend(answer.diagnostics.0);
    if !answer.state.is_null() {
        applied.stored = Some(Object {
            tainted: failed && prior.is_null(),
            state: answer.state,
            private: answer.private,
            identity: answer.identity,
        });
    }
    applied
}

async fn destroy(session: &mut Session<'_>, applied: &mut Applied, prior: AnyValue, plan: &Plan) {
    let answer = session
        .apply(ApplyCall {
            prior,
            planned: Value::Null,
            config: Value::Null,
            prior_private: plan
                .refreshed
                .as_ref()
                .map_or_else(Vec::new, |it| it.private.clone()),
            planned_private: plan.private.clone(),
            planned_identity: plan.refreshed.as_ref().and_then(|it| it.identity.clone()),
        })
        .await;
    if !answer.diagnostics.has_errors() {
        applied.stored = None;
    } else if !answer.state.is_null()
        && let Some(object) = &mut applied.stored
    {
        object.state = answer.state;
        object.private = answer.private;
        object.identity = answer.identity;
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
            prior_identity: refreshed.identity.clone(),
        })
        .await;
    Plan {
        action: Action::Delete,
        prior: refreshed.state.clone(),
        refreshed: Some(refreshed),
        planned: answer.planned,
        private: answer.private,
        identity: answer.identity,
        ignored: Vec::new(),
        diagnostics: answer.diagnostics,
        read_diagnostics: Told::default(),
    }
}

/// `import`: an object, or errors. By an identity, if one is given, else by its id.
///
/// # Errors
///
/// Whatever the provider said of it.
pub async fn import(
    session: &mut Session<'_>,
    id: &str,
    identity: Option<&AnyValue>,
) -> Result<Object, Told> {
    let (imported, diagnostics) = session.import(id, identity).await;
    let mut object = imported.ok_or(diagnostics)?;
    let told = refresh(session, &mut object).await;
    if told.has_errors() || object.state.is_null() {
        return Err(told);
    }
    if session.generation.generates_config {
        let config = session.generate(&object.state).await;
        let diagnostics = session.validate(&config).await;
        if diagnostics.has_errors() {
            return Err(diagnostics);
        }
    }
    Ok(object)
}

/// What a refresh makes of an object, as far as there is no error, and what it says.
pub async fn refresh(session: &mut Session<'_>, object: &mut Object) -> Told {
    let identity = object.identity.as_ref();
    let read = session.read(&object.state, &object.private, identity).await;
    if !read.diagnostics.has_errors() {
        object.state = read.state;
        object.private = read.private;
        object.identity = read.identity;
    }
    read.diagnostics
}

/// A move from another type, or from another address of the provider, as `moved` does it.
///
/// # Errors
///
/// Whatever the provider said of it.
pub async fn move_here(session: &mut Session<'_>, call: MoveCall) -> Result<Object, Told> {
    let (moved, diagnostics) = session.move_state(call).await;
    let mut object = moved.ok_or(diagnostics)?;
    object.state = session.upgrade(&object.state).await;
    Ok(object)
}
