//! Identifiers: what the outside calls things. The core compares them and never makes one.
//!
//! Text ids are 1 to [`MAX_ID_BYTES`] bytes of ASCII letters, digits and `-_.:@+/`, so that a sentence can't hide in one
//! (R-48); `.` and `..` are none, as no address can hold them. [`NoteRef`] and [`CommandId`] are 128 bits, written as 32
//! hexadecimal digits with or without hyphens.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// The longest text id, in bytes.
pub const MAX_ID_BYTES: usize = 64;

/// An identifier that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, got `{got}`")]
pub struct IdError {
    /// What would have been accepted.
    pub expected: &'static str,
    /// What came, shortened to what fits a line.
    pub got: String,
}

impl IdError {
    fn new(expected: &'static str, got: &str) -> Self {
        Self { expected, got: got.chars().take(MAX_ID_BYTES + 8).collect() }
    }

    /// The stable code of this error.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "invalid_id"
    }
}

macro_rules! text_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        ///
        /// # Example
        /// ```
        #[doc = concat!("let id: peercircle_core::", stringify!($name), " = \"a-1\".parse()?;")]
        /// assert_eq!(id.as_str(), "a-1");
        #[doc = concat!("assert!(\"two words\".parse::<peercircle_core::", stringify!($name), ">().is_err());")]
        /// # Ok::<(), peercircle_core::IdError>(())
        /// ```
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The text of the id.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                check_text(text).map(|()| Self(text.into()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", &*self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[A-Za-z0-9._:@+/-]+$", "not": {"enum": [".", ".."]}})
            }
        }
    )+};
}

text_ids! {
    /// One run of a group through one module.
    CycleId,
    /// A department of the organisation: peers come from different ones (R-06).
    DepartmentId,
    /// A peer learning group.
    GroupId,
    /// A level of management: peers share one (R-06).
    LevelId,
    /// A person, as the host knows them: opaque to the core.
    MemberId,
    /// A module of the catalogue.
    ModuleId,
    /// A strategy of a module: what plans, reports and adoption refer to.
    StrategyId,
}

fn check_text(text: &str) -> Result<(), IdError> {
    let fits = (1..=MAX_ID_BYTES).contains(&text.len());
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:@+/".contains(&b));
    let is_dots = matches!(text, "." | "..");
    if fits && plain && !is_dots {
        Ok(())
    } else {
        Err(IdError::new("an id of 1 to 64 ASCII letters, digits or -_.:@+/", text))
    }
}

macro_rules! wide_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        ///
        /// # Example
        /// ```
        #[doc = concat!("let id: peercircle_core::", stringify!($name), " = \"67e55044-10b1-426f-9247-bb680e5fe0c8\".parse()?;")]
        /// assert_eq!(id.to_string(), "67e55044-10b1-426f-9247-bb680e5fe0c8");
        /// # Ok::<(), peercircle_core::IdError>(())
        /// ```
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The id of these sixteen bytes, most significant first.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The sixteen bytes, most significant first.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_wide(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                for (at, byte) in self.0.iter().enumerate() {
                    if matches!(at, 4 | 6 | 8 | 10) {
                        f.write_str("-")?;
                    }
                    write!(f, "{byte:02x}")?;
                }
                Ok(())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "pattern": "^([0-9a-fA-F]{32}|[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})$"})
            }
        }
    )+};
}

wide_ids! {
    /// The idempotency key of a command (R-04): the same key returns the first answer.
    CommandId,
    /// Where content lies, outside the core (R-48). 128 bits hold a reference and no sentence.
    NoteRef,
}

fn parse_wide(text: &str) -> Result<[u8; 16], IdError> {
    let refused = || IdError::new("32 hexadecimal digits, with or without the four hyphens of a UUID", text);
    let hyphens: Vec<usize> = text.bytes().enumerate().filter(|(_, b)| *b == b'-').map(|(at, _)| at).collect();
    if !(hyphens.is_empty() || hyphens == [8, 13, 18, 23]) {
        return Err(refused());
    }
    let mut bytes = [0; 16];
    let mut digits = text.bytes().filter(|b| *b != b'-').map(|b| char::from(b).to_digit(16));
    for byte in &mut bytes {
        let (Some(Some(high)), Some(Some(low))) = (digits.next(), digits.next()) else { return Err(refused()) };
        *byte = u8::try_from(high * 16 + low).map_err(|_| refused())?;
    }
    if digits.next().is_some() { Err(refused()) } else { Ok(bytes) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_ids_refuse_sentences_and_say_so() {
        let error = "he said no".parse::<MemberId>().unwrap_err();
        assert_eq!(error.to_string(), "expected an id of 1 to 64 ASCII letters, digits or -_.:@+/, got `he said no`");
        assert!("".parse::<MemberId>().is_err());
        assert!("a".repeat(65).parse::<MemberId>().is_err());
        assert!(".".parse::<MemberId>().is_err() && "..".parse::<MemberId>().is_err() && "...".parse::<MemberId>().is_ok());
    }

    #[test]
    fn wide_ids_round_trip_and_refuse_all_else() {
        let id: NoteRef = "67E5504410B1426F9247BB680E5FE0C8".parse().unwrap();
        assert_eq!(id.to_string().parse::<NoteRef>().unwrap(), id);
        for bad in [
            "",
            "67e5504410b1426f9247bb680e5fe0c",
            "67e55044-10b1426f9247bb680e5fe0c8",
            "note about Bo's trouble at work!",
            "67e5504410b1426f9247bb680e5fe0c8a",
        ] {
            assert!(bad.parse::<NoteRef>().is_err(), "{bad}");
        }
    }
}
