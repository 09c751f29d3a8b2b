//! JSON objects and enumerations read without any leniency: what serde derives would also take an array for an object,
//! an object for the name of a variant, and a missing member for `null`.

use core::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::canonical::MAX_INTEGER;

/// Reads a member's value, once.
pub(crate) fn once<'de, A, T>(slot: &mut Option<T>, name: &'static str, map: &mut A) -> Result<(), A::Error>
where
    A: MapAccess<'de>,
    T: de::Deserialize<'de>,
{
    if slot.is_some() {
        return Err(A::Error::custom(format_args!("the member \"{name}\" is there twice")));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// A member that must be there.
pub(crate) fn present<T, E: de::Error>(slot: Option<T>, name: &'static str) -> Result<T, E> {
    slot.ok_or_else(|| E::custom(format_args!("the member \"{name}\" is missing")))
}

/// A member that nobody knows.
pub(crate) fn unknown<E: de::Error>(name: &str) -> E {
    E::custom(format_args!("there is no member \"{}\" here", shortened(name)))
}

/// A whole number that every JSON reader holds exactly.
pub(crate) fn integer<E: de::Error>(number: u64) -> Result<u64, E> {
    if number > MAX_INTEGER {
        return Err(E::custom(format_args!("{number} is larger than {MAX_INTEGER}")));
    }
    Ok(number)
}

/// The beginning of a text from outside, for a message.
pub(crate) fn shortened(text: &str) -> String {
    const LENGTH: usize = 40;
    let mut short: String = text.chars().take(LENGTH).flat_map(char::escape_default).collect();
    if text.chars().nth(LENGTH).is_some() {
        short.push('…');
    }
    short
}

/// Declares a struct that is written with its members in this order, and read from an object with exactly these members
/// in any order. `["…"]` behind a field is its name in JSON where that differs.
macro_rules! object {
    ($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident $([$member:literal])?: $type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let count = [$(stringify!($field)),*].len();
                let mut object = serializer.serialize_struct(stringify!($name), count)?;
                $(serde::ser::SerializeStruct::serialize_field(
                    &mut object,
                    $crate::strict::member!($field $([$member])?),
                    &self.$field,
                )?;)*
                serde::ser::SerializeStruct::end(object)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Object;
                impl<'de> serde::de::Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                        formatter.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$name, A::Error> {
                        $(let mut $field: Option<$type> = None;)*
                        while let Some(name) = map.next_key::<String>()? {
                            match name.as_str() {
                                $($crate::strict::member!($field $([$member])?) => $crate::strict::once(
                                    &mut $field,
                                    $crate::strict::member!($field $([$member])?),
                                    &mut map,
                                )?,)*
                                other => return Err($crate::strict::unknown(other)),
                            }
                        }
                        Ok($name {
                            $($field: $crate::strict::present(
                                $field,
                                $crate::strict::member!($field $([$member])?),
                            )?,)*
                        })
                    }
                }
                deserializer.deserialize_map(Object)
            }
        }
    };
}

macro_rules! member {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident [$member:literal]) => {
        $member
    };
}

/// Declares an enumeration that is written and read as a text.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $word:literal,)*
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant,)*
        }

        impl $name {
            /// The word for it.
            #[must_use]
            pub fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(deserializer)?;
                match word.as_str() {
                    $($word => Ok(Self::$variant),)*
                    other => Err(serde::de::Error::custom(format_args!(
                        "\"{}\" is none of: {}",
                        $crate::strict::shortened(other),
                        [$($word),*].join(", "),
                    ))),
                }
            }
        }
    };
}

pub(crate) use {member, object, words};

/// Reads any value, refusing objects that name a member twice.
pub(crate) struct AnyValue;

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    // Nothing that takes part in a draw has a fraction; what has one is refused by whoever looks at the value.
    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("a number is too large"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(AnyValue)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(name) = map.next_key::<String>()? {
            if members.contains_key(&name) {
                let name = shortened(&name);
                return Err(A::Error::custom(format_args!("the member \"{name}\" is there twice")));
            }
            members.insert(name, map.next_value_seed(AnyValue)?);
        }
        Ok(Value::Object(members))
    }
}
