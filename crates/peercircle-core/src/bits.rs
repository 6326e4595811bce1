//! Small numbers and sets of them as bits: the shape that seats and strategies share.

/// Makes a number from 0 to 15, the set of such numbers as sixteen bits, and its iterator.
macro_rules! numbered {
    ($(#[$item_doc:meta])* $Item:ident, $(#[$set_doc:meta])* $Set:ident, $Iter:ident, $noun:literal) => {
    $(#[$item_doc])*
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
    #[serde(transparent)]
    pub struct $Item(#[cfg_attr(feature = "schema", schemars(range(max = 15)))] u8);

    impl $Item {
        /// The item with this number, if there can be one.
        #[must_use]
        pub const fn new(number: u8) -> Option<Self> {
            if number < 16 { Some(Self(number)) } else { None }
        }

        /// The number of the item, 0 to 15.
        #[must_use]
        pub const fn number(self) -> u8 {
            self.0
        }

        pub(crate) const fn index(self) -> usize {
            (self.0 & 15) as usize
        }

        const fn bit(self) -> u16 {
            1 << (self.0 & 15)
        }
    }

    impl fmt::Display for $Item {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, concat!($noun, " {}"), self.0)
        }
    }

    impl<'de> Deserialize<'de> for $Item {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let number = u8::deserialize(deserializer)?;
            Self::new(number).ok_or_else(|| D::Error::custom(format_args!(concat!("expected a ", $noun, " from 0 to 15, got `{}`"), number)))
        }
    }

    $(#[$set_doc])*
    #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub struct $Set(u16);

    impl $Set {
        /// No item.
        pub const EMPTY: Self = Self(0);

        /// The set of this one item.
        #[must_use]
        pub const fn only(item: $Item) -> Self {
            Self(item.bit())
        }

        /// This set and `item`.
        #[must_use]
        pub const fn with(self, item: $Item) -> Self {
            Self(self.0 | item.bit())
        }

        /// This set but for `item`.
        #[must_use]
        pub const fn without(self, item: $Item) -> Self {
            Self(self.0 & !item.bit())
        }

        /// Adds `item`.
        pub const fn insert(&mut self, item: $Item) {
            self.0 |= item.bit();
        }

        /// Takes `item` out.
        pub const fn remove(&mut self, item: $Item) {
            self.0 &= !item.bit();
        }

        /// Whether `item` is in the set.
        #[must_use]
        pub const fn contains(self, item: $Item) -> bool {
            self.0 & item.bit() != 0
        }

        /// How many items are in the set, 0 to 16.
        #[must_use]
        #[expect(clippy::cast_possible_truncation, reason = "sixteen bits have at most 16 ones")]
            pub const fn len(self) -> u8 {
            self.0.count_ones() as u8
        }

        /// The set as a number: a bit an item, that of item 0 the lowest.
        #[must_use]
        pub const fn bits(self) -> u16 {
            self.0
        }

        /// Whether no item is in the set.
        #[must_use]
        pub const fn is_empty(self) -> bool {
            self.0 == 0
        }

        /// The items in both.
        #[must_use]
        pub const fn and(self, other: Self) -> Self {
            Self(self.0 & other.0)
        }

        /// The items in either.
        #[must_use]
        pub const fn or(self, other: Self) -> Self {
            Self(self.0 | other.0)
        }

        /// The items in this set and not in `other`.
        #[must_use]
        pub const fn minus(self, other: Self) -> Self {
            Self(self.0 & !other.0)
        }

        /// Whether every item of `other` is in this set.
        #[must_use]
        pub const fn covers(self, other: Self) -> bool {
            other.0 & !self.0 == 0
        }

        /// The item with the lowest number.
        #[must_use]
        #[expect(clippy::cast_possible_truncation, reason = "at most 16, and 16 stands for none")]
            pub const fn first(self) -> Option<$Item> {
            $Item::new(self.0.trailing_zeros() as u8)
        }

        /// The items, lowest number first.
        pub const fn iter(self) -> $Iter {
            $Iter(self)
        }
    }

    impl FromIterator<$Item> for $Set {
        fn from_iter<I: IntoIterator<Item = $Item>>(items: I) -> Self {
            items.into_iter().fold(Self::EMPTY, Self::with)
        }
    }

    impl IntoIterator for $Set {
        type Item = $Item;
        type IntoIter = $Iter;

        fn into_iter(self) -> $Iter {
            self.iter()
        }
    }

    impl fmt::Debug for $Set {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.debug_set().entries(self.iter().map($Item::number)).finish()
        }
    }

    impl Serialize for $Set {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(self.iter())
        }
    }

    impl<'de> Deserialize<'de> for $Set {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Ok(Vec::<$Item>::deserialize(deserializer)?.into_iter().collect())
        }
    }

    #[cfg(feature = "schema")]
    impl schemars::JsonSchema for $Set {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            stringify!($Set).into()
        }

        fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
            let item = generator.subschema_for::<$Item>();
            schemars::json_schema!({"type": "array", "uniqueItems": true, "maxItems": 16, "items": item})
        }
    }

    /// The items of a set, lowest number first.
    #[derive(Clone, Debug)]
    pub struct $Iter($Set);

    impl Iterator for $Iter {
        type Item = $Item;

        fn next(&mut self) -> Option<$Item> {
            let item = self.0.first()?;
            self.0.remove(item);
            Some(item)
        }

        fn size_hint(&self) -> (usize, Option<usize>) {
            let left = usize::from(self.0.len());
            (left, Some(left))
        }
    }

    impl ExactSizeIterator for $Iter {}
    };
}

pub(crate) use numbered;
