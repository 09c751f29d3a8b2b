//! JSON that client programs keep: everybody reads it for ever, in the same bytes whichever database holds it.

use serde_json::{Map, Number, Value as Json};

use super::{MAX_JSON, MAX_JSON_DEPTH};
use crate::error::{Error, Result};

/// Names that begin so mean something to the reader of JSON itself: it would not give the value back as it was.
const RESERVED: &str = "$serde_json::private::";

/// A JSON object of limited size, in the one form in which it is kept and given back: whole numbers of 64 bits in digits,
/// all others as doubles, names in the order of their characters.
///
/// # Errors
/// `VALIDATION` when it is no object, over 16 KiB in that form, over 32 levels deep, or holds the character U+0000 or a name
/// that is reserved.
pub fn json_object(field: &'static str, value: Json) -> Result<Json> {
    let refused = |what: String| Err(Error::validation(field, format!("{field} {what}")));
    let Json::Object(fields) = value else {
        return refused("must be a JSON object.".into());
    };
    // What walks it afterwards walks no deeper.
    let value = Json::Object(fields);
    if depth(&value) > MAX_JSON_DEPTH {
        return refused(format!(
            "is nested too deep; it may have {MAX_JSON_DEPTH} levels at most."
        ));
    }
    // PostgreSQL's JSON cannot hold it.
    if let Some(path) = path_of_nul(&value) {
        return refused(format!("holds the character U+0000{}; take it out.", at(&path)));
    }
    if let Some(path) = path_of(&value, &|name, _| name.is_some_and(|name| name.starts_with(RESERVED))) {
        let place = at(&path);
        return refused(format!(
            "has a name that begins with “{RESERVED}”{place}, which is reserved; take another."
        ));
    }
    let value = canonical(value);
    let size = value.to_string().len();
    if size > MAX_JSON {
        return refused(format!("has {size} bytes; it may have {MAX_JSON} at most."));
    }
    Ok(value)
}

fn at(path: &str) -> String {
    match path {
        "" => String::new(),
        path => format!(" at “{path}”"),
    }
}

fn depth(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(fields) => 1 + fields.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

/// Where a text or a name in a value holds the character U+0000: the path to it, such as `list.0.name`; that of the object
/// when it is in a name; empty for the value itself.
pub fn path_of_nul(value: &Json) -> Option<String> {
    path_of(value, &|name, value| {
        let holds = |text: &str| text.contains('\0');
        name.is_some_and(holds) || value.as_str().is_some_and(holds)
    })
}

/// The path to the first value for which something holds, with the name under which it stands, if it has one. A name for
/// which it holds is not part of the path.
fn path_of(value: &Json, wanted: &impl Fn(Option<&str>, &Json) -> bool) -> Option<String> {
    let joined = |step: &str, inner: String| match inner.as_str() {
        "" => step.to_owned(),
        inner => format!("{step}.{inner}"),
    };
    if wanted(None, value) {
        return Some(String::new());
    }
    match value {
        Json::Array(items) => items.iter().enumerate().find_map(|(place, item)| {
            let inner = path_of(item, wanted)?;
            Some(joined(&place.to_string(), inner))
        }),
        Json::Object(fields) => fields.iter().find_map(|(name, value)| {
            if wanted(Some(name), &Json::Null) {
                return Some(String::new());
            }
            let inner = path_of(value, wanted)?;
            Some(joined(name, inner))
        }),
        _ => None,
    }
}

fn canonical(value: Json) -> Json {
    match value {
        Json::Number(number) => Json::Number(whole(&number).unwrap_or(number)),
        Json::Array(items) => items.into_iter().map(canonical).collect(),
        // A map of serde_json is sorted.
        Json::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, canonical(value)));
            Json::Object(fields.collect::<Map<_, _>>())
        }
        other => other,
    }
}

/// A double without a fraction, in digits: jsonb writes out 1e16, keeps 1.0, and has no -0.0. Beyond 64 bits the digits are
/// read as the same double again.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "it is whole, and within the bounds"
)]
fn whole(number: &Number) -> Option<Number> {
    if number.is_i64() || number.is_u64() {
        return None;
    }
    let double = number.as_f64().filter(|double| double.fract() == 0.0)?;
    // Both bounds are powers of two, and the upper ones are not within.
    if (i64::MIN as f64..-(i64::MIN as f64)).contains(&double) {
        Some((double as i64).into())
    } else if (0.0..2.0 * -(i64::MIN as f64)).contains(&double) {
        Some((double as u64).into())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kept(text: &str) -> String {
        let value = json_object("metadata", json!({ "n": serde_json::from_str::<Json>(text).unwrap() }));
        value.unwrap()["n"].to_string()
    }

    #[test]
    fn a_number_has_one_form() {
        for (sent, form) in [
            ("1.0", "1"),
            ("-0", "0"),
            ("-0.0", "0"),
            ("1e2", "100"),
            ("1e15", "1000000000000000"),
            ("1e16", "10000000000000000"),
            ("-9223372036854775808.0", "-9223372036854775808"),
            ("18446744073709551615", "18446744073709551615"),
            ("18446744073709551616", "1.8446744073709552e+19"),
            ("1000000000000000000000", "1e+21"),
            ("1e21", "1e+21"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("0.10000000000000000000000000000000001", "0.1"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("5e-324", "5e-324"),
        ] {
            assert_eq!(kept(sent), form);
            assert_eq!(kept(form), form);
        }
    }

    /// jsonb keeps the decimal number that a text stands for, and writes it without an exponent.
    #[test]
    fn a_double_survives_its_digits() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..5000 {
            // xorshift64 comes to all but one of them.
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            let double = f64::from_bits(bits);
            if !double.is_finite() {
                continue;
            }
            let form = kept(&Json::from(double).to_string());
            assert_eq!(form.parse(), Ok(double));
            assert_eq!(kept(&form), form);
            assert_eq!(kept(&format!("{double:.1100}")), form);
        }
    }
}
