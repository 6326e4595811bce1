//! Strategies of a cycle's module, as numbers from 0 in the order the module lists them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{IdError, ModuleId, StrategyId};

/// The most strategies a module can have.
pub const MAX_STRATEGIES: usize = 16;

crate::bits::numbered! {
    /// A strategy of the cycle's module: 0 to 15, its place in [`ModuleRef::strategies`].
    StrategyNo,
    /// A set of strategies, as bits. On the wire: an array of numbers.
    StrategySet,
    StrategyIter,
    "strategy"
}

/// The module a cycle works on: its id and the ids of its strategies, in the module's order.
///
/// # Example
/// ```
/// use peercircle_core::ModuleRef;
/// let module = ModuleRef::new("delegation".parse()?, vec!["agree-the-result".parse()?, "let-go-in-steps".parse()?])?;
/// assert_eq!(module.strategies().len(), 2);
/// # Ok::<(), peercircle_core::IdError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ModuleRef {
    id: ModuleId,
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 16)))]
    strategies: Vec<StrategyId>,
}

impl ModuleRef {
    /// A module with these strategies.
    ///
    /// # Errors
    /// [`IdError`] where there is none, there are more than [`MAX_STRATEGIES`], or one stands twice.
    pub fn new(id: ModuleId, strategies: Vec<StrategyId>) -> Result<Self, IdError> {
        let twice = strategies.iter().enumerate().find(|(at, one)| strategies.iter().take(*at).any(|other| other == *one));
        match twice {
            Some((_, strategy)) => {
                Err(IdError { expected: "strategies that differ from each other", got: strategy.to_string() })
            }
            None if (1..=MAX_STRATEGIES).contains(&strategies.len()) => Ok(Self { id, strategies }),
            None => Err(IdError { expected: "1 to 16 strategies", got: strategies.len().to_string() }),
        }
    }

    /// The id of the module.
    #[must_use]
    pub fn id(&self) -> &ModuleId {
        &self.id
    }

    /// The ids of its strategies, in order.
    #[must_use]
    pub fn strategies(&self) -> &[StrategyId] {
        &self.strategies
    }

    /// The number of this strategy here, if the module has it.
    #[must_use]
    pub fn number(&self, strategy: &StrategyId) -> Option<StrategyNo> {
        let at = self.strategies.iter().position(|one| one == strategy)?;
        StrategyNo::new(u8::try_from(at).ok()?)
    }

    /// The id of the strategy with this number, if the module has it.
    #[must_use]
    pub fn strategy(&self, number: StrategyNo) -> Option<&StrategyId> {
        self.strategies.get(number.index())
    }
}

impl<'de> Deserialize<'de> for ModuleRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Raw {
            id: ModuleId,
            strategies: Vec<StrategyId>,
        }
        let raw = Raw::deserialize(deserializer)?;
        Self::new(raw.id, raw.strategies).map_err(D::Error::custom)
    }
}
