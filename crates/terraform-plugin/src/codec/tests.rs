use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde_json::json;

use super::fuzzing::{any_json, any_msgpack};
use super::*;
use crate::path::{Path, Step};
use crate::value::{AnyValue, Known, Name, Number, Text, Type, Value};

/// The JSON of a known value, as core stores it.
fn to_json(value: &AnyValue) -> serde_json::Value {
    let list = |elements: &[AnyValue]| elements.iter().map(to_json).collect();
    let Value::Known(known) = value else {
        return serde_json::Value::Null;
    };
    match known {
        Known::Bool(value) => json!(value),
        Known::Number(number) => serde_json::from_str(&number.to_string()).unwrap(),
        Known::String(text) => json!(&**text),
        Known::List(elements) | Known::Set(elements) | Known::Tuple(elements) => list(elements),
        Known::Map(members) | Known::Object(members) => members
            .iter()
            .map(|(name, value)| (name.to_string(), to_json(value)))
            .collect(),
        Known::Dynamic(typed) => {
            let ty: serde_json::Value = serde_json::from_slice(&type_to_json(&typed.0)).unwrap();
            json!({"value": to_json(&typed.1), "type": ty})
        }
    }
}

fn any_type() -> impl Strategy<Value = Type> {
    let leaf = prop_oneof![
        Just(Type::String),
        Just(Type::Bool),
        Just(Type::Number),
        Just(Type::Dynamic),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            inner.clone().prop_map(|ty| Type::List(Box::new(ty))),
            inner.clone().prop_map(|ty| Type::Set(Box::new(ty))),
            inner.clone().prop_map(|ty| Type::Map(Box::new(ty))),
            vec(inner.clone(), 0..4).prop_map(Type::Tuple),
            btree_map("[a-z_]{1,6}".prop_map(Name::from), inner, 0..4).prop_map(Type::Object),
        ]
    })
}

fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        any::<f64>().prop_filter_map("finite", Number::from_f64),
        "-?(0|[1-9][0-9]{0,50})(\\.[0-9]{1,50})?([eE][+-]?[0-9]{1,4})?"
            .prop_filter_map("a number", |text| Number::parse(&text)),
    ]
}

/// Values of a type. `holes` says whether unknown ones are among them.
fn value_of(ty: Type, holes: bool) -> BoxedStrategy<AnyValue> {
    let inside = move |ty: Box<Type>| value_of(*ty, holes);
    let known = match ty {
        Type::String => any::<String>()
            .prop_map(|text| Known::String(Text::new(text)))
            .boxed(),
        Type::Bool => any::<bool>().prop_map(Known::Bool).boxed(),
        Type::Number => any_number().prop_map(Known::Number).boxed(),
        Type::List(ty) => vec(inside(ty), 0..4).prop_map(Known::List).boxed(),
        Type::Set(ty) => vec(inside(ty), 0..4).prop_map(Known::Set).boxed(),
        Type::Map(ty) => btree_map(".{0,8}".prop_map(Name::from), inside(ty), 0..4)
            .prop_map(Known::Map)
            .boxed(),
        Type::Tuple(types) => types
            .into_iter()
            .map(|ty| value_of(ty, holes))
            .collect::<Vec<_>>()
            .prop_map(Known::Tuple)
            .boxed(),
        Type::Object(types) => {
            let (names, types): (Vec<_>, Vec<_>) = types.into_iter().unzip();
            let values: Vec<_> = types.into_iter().map(|ty| value_of(ty, holes)).collect();
            values
                .prop_map(move |values| Known::Object(names.iter().cloned().zip(values).collect()))
                .boxed()
        }
        Type::Dynamic => prop_oneof![
            Just(Type::String),
            Just(Type::Number),
            Just(Type::List(Box::new(Type::Bool))),
        ]
        .prop_flat_map(move |ty| (Just(ty.clone()), value_of(ty, holes)))
        .prop_map(|typed| Known::Dynamic(Box::new(typed)))
        .boxed(),
    };
    prop_oneof![
        8 => known.prop_map(Value::Known),
        1 => Just(Value::Null),
        u32::from(holes) => Just(Value::Unknown),
    ]
    .boxed()
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        // Attributes are named by schemas, keys by users.
        "[a-z][a-z0-9_]{0,12}".prop_map(Step::Attribute),
        any::<String>().prop_map(Step::Key),
        any::<i64>().prop_map(Step::Index),
    ]
}

fn typed_value(holes: bool) -> impl Strategy<Value = (Type, AnyValue)> {
    any_type().prop_flat_map(move |ty| (Just(ty.clone()), value_of(ty, holes)))
}

proptest! {
    #[test]
    fn msgpack_brings_every_value_back((ty, value) in typed_value(true)) {
        let bytes = encode(&value, &ty).unwrap();
        prop_assert_eq!(decode(&bytes, &ty).unwrap(), value);
    }

    #[test]
    fn msgpack_has_one_form_for_a_value((ty, value) in typed_value(true)) {
        let bytes = encode(&value, &ty).unwrap();
        let again = encode(&decode(&bytes, &ty).unwrap(), &ty).unwrap();
        prop_assert_eq!(again, bytes);
    }

    #[test]
    fn json_brings_every_known_value_back((ty, value) in typed_value(false)) {
        let json = to_json(&value);
        let json = serde_json::from_str(&json.to_string()).unwrap();
        prop_assert_eq!(from_json(json, &ty).unwrap(), value);
    }

    #[test]
    fn types_come_back(ty in any_type()) {
        prop_assert_eq!(type_from_json(&type_to_json(&ty)).unwrap(), ty);
    }

    #[test]
    fn arbitrary_bytes_are_refused_or_decoded(ty in any_type(), bytes in vec(any::<u8>(), 0..64)) {
        any_msgpack(&bytes, &ty);
        any_json(&bytes, &ty);
        fuzzing::any_type(&bytes);
    }

    #[test]
    fn damaged_json_is_refused_or_decoded(
        (ty, value) in typed_value(false),
        other in any_type(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let json = to_json(&value);
        // Of another type, and with one byte changed.
        let mut bytes = json.to_string().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        any_json(&bytes, &ty);
        any_json(json.to_string().as_bytes(), &other);
    }

    #[test]
    fn paths_show_every_step(steps in vec(any_step(), 0..6)) {
        let path = steps.iter().cloned().fold(Path::root(), |path, step| path.join(step));
        prop_assert_eq!(path.steps(), &steps[..]);
        prop_assert_eq!(path.is_root(), steps.is_empty());
        let shown = path.to_string();
        prop_assert!(!shown.contains(char::is_control), "{}", shown);
    }

    #[test]
    fn damaged_bytes_never_panic(
        (ty, value) in typed_value(true),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encode(&value, &ty).unwrap();
        let cut = cut.index(bytes.len());
        prop_assert!(decode(&bytes[..cut], &ty).is_err());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        any_msgpack(&bytes, &ty);
    }
}

fn object(attributes: &[(&'static str, Type)]) -> Type {
    let attributes = attributes
        .iter()
        .map(|(name, ty)| ((*name).into(), ty.clone()));
    Type::Object(attributes.collect())
}

#[test]
fn every_extension_is_unknown() {
    let cases: [&[u8]; 5] = [
        &[0xd4, 0x00, 0x00],
        &[0xd4, 0x7f, 0x01],
        &[0xc7, 0x00, 0x00],
        // Refined: not null, and with the prefix "a-".
        &[0xc7, 0x07, 0x0c, 0x82, 0x01, 0xc2, 0x02, 0xa2, b'a', b'-'],
        &[
            0xd8, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        ],
    ];
    for (position, bytes) in cases.iter().enumerate() {
        let value = decode(bytes, &Type::String);
        assert_eq!(value, Ok(Value::Unknown), "case {position}");
    }
    assert_eq!(
        encode(&Value::Unknown, &Type::Bool).unwrap(),
        [0xd4, 0x00, 0x00]
    );
}

#[test]
fn numbers_arrive_in_every_form() {
    let cases: [(&[u8], Number); 8] = [
        (&[0x05], Number::from(5_i64)),
        (&[0xff], Number::from(-1_i64)),
        (&[0xcc, 0x05], Number::from(5_i64)),
        (
            &[0xcf, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Number::from(u64::MAX),
        ),
        (
            &[0xca, 0x3f, 0x00, 0x00, 0x00],
            Number::from_f64(0.5).unwrap(),
        ),
        (
            &[0xcb, 0x3f, 0xe0, 0, 0, 0, 0, 0, 0],
            Number::from_f64(0.5).unwrap(),
        ),
        (&[0xa3, b'0', b'.', b'1'], Number::parse("0.1").unwrap()),
        (&[0xa3, b'1', b'.', b'0'], Number::from(1_i64)),
    ];
    for (bytes, number) in cases {
        let value = decode(bytes, &Type::Number).unwrap();
        assert_eq!(value, Value::Known(Known::Number(number)));
    }
    for bytes in [
        &[0xcb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0][..],
        &[0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0],
        &[0xca, 0xff, 0x80, 0, 0],
        &[0xa3, b'N', b'a', b'N'],
    ] {
        let error = decode(bytes, &Type::Number).unwrap_err();
        assert_eq!(error.reason, Reason::NotANumber);
    }
}

#[test]
fn whatever_does_not_fit_is_blamed_on_its_attribute() {
    let ty = object(&[
        ("a", Type::String),
        ("b", object(&[("c", Type::List(Box::new(Type::Bool)))])),
    ]);
    let root = Path::root();
    let element = Path::attributes("b.c").join(Step::Index(1));
    let str_a = [0xa1, b'a'];
    let cases: Vec<(&str, Vec<u8>, Path, Reason)> = vec![
        ("nothing", vec![], root.clone(), Reason::Truncated),
        (
            "an array",
            vec![0x90],
            root.clone(),
            Reason::kind("an object"),
        ),
        (
            "an empty map",
            vec![0x80],
            root.clone(),
            Reason::MissingAttribute("a".into()),
        ),
        (
            "an unknown attribute",
            vec![0x82, 0xa1, b'z', 0xc0, 0xc0],
            root.clone(),
            Reason::UnsupportedAttribute,
        ),
        (
            "twice",
            [&[0x82][..], &str_a, &[0xc0], &str_a, &[0xc0]].concat(),
            Path::attributes("a"),
            Reason::DuplicateKey,
        ),
        (
            "a wrong kind within",
            vec![
                0x82, 0xa1, b'b', 0x81, 0xa1, b'c', 0x92, 0xc3, 0x01, 0xa1, b'a', 0xc0,
            ],
            element,
            Reason::kind("a bool"),
        ),
        (
            "bytes behind it",
            vec![0xc0, 0xc0],
            root.clone(),
            Reason::TrailingBytes,
        ),
        (
            "four thousand million attributes",
            vec![0xdf, 0xff, 0xff, 0xff, 0xff, 0xa1, b'a', 0xc0],
            root.clone(),
            Reason::Truncated,
        ),
        (
            "a string of four gigabytes",
            vec![0x82, 0xa1, b'a', 0xdb, 0xff, 0xff, 0xff, 0xff, b'x'],
            Path::attributes("a"),
            Reason::Truncated,
        ),
        (
            "a string that is none",
            vec![0x82, 0xa1, b'a', 0xa1, 0xff],
            Path::attributes("a"),
            Reason::NotUtf8,
        ),
    ];
    for (name, bytes, path, reason) in cases {
        assert_eq!(decode(&bytes, &ty), Err(Error { path, reason }), "{name}");
    }
    let tuple = Type::Tuple(vec![Type::Bool]);
    let error = decode(&[0x90], &tuple).unwrap_err();
    assert!(matches!(
        error.reason,
        Reason::Length {
            expected: 1,
            given: 0
        }
    ));
}

#[test]
fn dynamic_values_nest_only_so_deep() {
    let ty = br#"["tuple",["dynamic"]]"#;
    let mut bytes = Vec::new();
    for _ in 0..100_000 {
        bytes.extend([0x92, 0xc4, u8::try_from(ty.len()).unwrap()]);
        bytes.extend(ty);
        bytes.push(0x91);
    }
    let error = decode(&bytes, &Type::Dynamic).unwrap_err();
    assert_eq!(error.reason, Reason::TooDeep);

    let deep = format!("{}{}", r#"["list","#.repeat(10_000), "]".repeat(10_000));
    assert!(type_from_json(deep.as_bytes()).is_err());
}

#[test]
fn dynamic_values_carry_their_type() {
    let typed_null = Value::Known(Known::Dynamic(Box::new((Type::String, Value::Null))));
    let bytes = encode(&typed_null, &Type::Dynamic).unwrap();
    assert_eq!(bytes, b"\x92\xc4\x08\"string\"\xc0");
    assert_eq!(decode(&bytes, &Type::Dynamic).unwrap(), typed_null);
    assert_eq!(decode(&[0xc0], &Type::Dynamic).unwrap(), Value::Null);
    let json = json!({"value": 1, "type": "number"});
    let value = from_json(json.clone(), &Type::Dynamic).unwrap();
    assert_eq!(to_json(&value), json);
}

#[test]
fn state_of_another_version_is_brought_into_shape() {
    let ty = object(&[
        ("kept", Type::String),
        ("added", Type::Number),
        ("nested", object(&[("inner", Type::Bool)])),
    ]);
    let json = json!({
        "kept": "k",
        "gone": [1, "secret"],
        "nested": {"inner": true, "gone": {}},
    });
    let value = from_json(json, &ty).unwrap();
    let inner = BTreeMap::from([("inner".into(), Value::Known(Known::Bool(true)))]);
    let expected = BTreeMap::from([
        ("kept".into(), Value::Known(Known::String(Text::from("k")))),
        ("added".into(), Value::Null),
        ("nested".into(), Value::Known(Known::Object(inner))),
    ]);
    assert_eq!(value, Value::Known(Known::Object(expected)));

    let error = from_json(json!({"nested": {"inner": "yes"}}), &ty).unwrap_err();
    assert_eq!(error.path, Path::attributes("nested.inner"));
}

#[test]
fn json_numbers_keep_every_digit() {
    let text = "0.1234567890123456789012345678901234567890";
    let json = serde_json::from_str(text).unwrap();
    let value = from_json(json, &Type::Number).unwrap();
    assert_eq!(to_json(&value).to_string(), text);
    let sent = encode(&value, &Type::Number).unwrap();
    assert_eq!(&sent[2..], text.as_bytes());
}

#[test]
fn values_that_do_not_fit_their_type_are_not_sent() {
    let text = Value::Known(Known::String(Text::from("x")));
    assert!(encode(&text, &Type::Bool).is_err());
    let partial = Value::Known(Known::Object(BTreeMap::new()));
    let error = encode(&partial, &object(&[("a", Type::Bool)])).unwrap_err();
    assert_eq!(error.reason, Reason::MissingAttribute("a".into()));
}
