//! Identities (section 5.13).

use super::super::values::{AnyValue, Path, Type, type_from_json};
use super::value::decode;
use super::{Rule, Verdict};
use crate::proto::tfplugin6::{ResourceIdentityData, ResourceIdentitySchema};

/// A schema of identities.
pub fn judge_schema(schema: &ResourceIdentitySchema) -> Verdict {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::IdentityVersion, &root, schema.version >= 0);
    for attribute in &schema.identity_attributes {
        let at = root.attribute(&attribute.name);
        let (required, optional) = (attribute.required_for_import, attribute.optional_for_import);
        verdict.check(Rule::IdentityImport, &at, required != optional);
        let ty = type_from_json(&attribute.r#type);
        let fits =
            matches!(&ty, Ok(ty) if !matches!(ty, Type::Map(_) | Type::Set(_) | Type::Object(_)));
        verdict.check(Rule::IdentityType, &at, fits);
    }
    verdict
}

/// The identity beside a state, where it was `before`.
pub fn judge(
    ty: &Type,
    before: Option<&AnyValue>,
    answer: Option<&ResourceIdentityData>,
) -> (Verdict, Option<AnyValue>) {
    let mut verdict = Verdict::default();
    let root = Path::root();
    verdict.check(Rule::IdentityGiven, &root, answer.is_some());
    let Some(answer) = answer else {
        return (verdict, None);
    };
    let identity = decode(answer.identity_data.as_ref(), ty, &mut verdict);
    let unknown = identity.first_unknown();
    let known = identity.is_known() && unknown.is_none();
    verdict.check(Rule::IdentityKnown, &unknown.unwrap_or_default(), known);
    let kept = before.is_none_or(|before| *before == identity);
    verdict.check(Rule::IdentityKept, &root, kept);
    (verdict, Some(identity))
}
