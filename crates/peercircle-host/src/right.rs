//! What each role may ask: the one table.

use peercircle_core::CycleId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Forbidden, Who};

/// What an API key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// To read facts and programme figures.
    Facts,
    /// To keep people and groups, form cycles and give the organiser's commands.
    Groups,
    /// To give members' commands in their name and see what they see; never content.
    Act,
    /// To invite people.
    Invite,
    /// To make and revoke keys.
    Operate,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [Self::Facts, Self::Groups, Self::Act, Self::Invite, Self::Operate];

    /// Its name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Groups => "groups",
            Self::Act => "act",
            Self::Invite => "invite",
            Self::Operate => "operate",
        }
    }
}

/// What a question is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// Modules, processes: the same for everybody.
    Catalogue,
    /// What happens in a cycle: its views, its events, its commands. Its members', and systems' in their name.
    Group(CycleId),
    /// What was said: a member's alone, once vouched for. Which note, the vault says.
    Content(CycleId),
    /// What leaves groups.
    Facts,
    /// The organiser's commands.
    Organise,
    /// People and groups.
    People,
    /// To invite people.
    Invite,
    /// To see who looked at facts.
    Audit,
    /// Keys.
    Operate,
    /// What is one's own: my cycles, my sign-ins.
    Own,
}

impl Right {
    /// Whether the role has it at all; whether the cycle is theirs is another question.
    pub(crate) fn is_of(&self, who: &Who) -> Result<(), Forbidden> {
        let scope = match (self, who) {
            (Self::Catalogue, _)
            | (Self::Group(_) | Self::Own, Who::Member { .. })
            | (Self::Facts | Self::Organise | Self::People | Self::Invite | Self::Audit, Who::Owner { .. }) => return Ok(()),
            (Self::Content(cycle), Who::Member { by_key: None, .. }) => {
                return if who.is_sure_in(cycle) { Ok(()) } else { Err(not_vouched()) };
            }
            (Self::Facts | Self::Audit, Who::System { .. }) => Scope::Facts,
            (Self::Organise | Self::People, Who::System { .. }) => Scope::Groups,
            (Self::Invite, Who::System { .. }) => Scope::Invite,
            (Self::Operate, Who::System { .. }) => Scope::Operate,
            _ => return Err(self.not_yours(who)),
        };
        match who {
            Who::System { scopes, .. } if !scopes.contains(&scope) => Err(Forbidden {
                code: "missing_scope",
                says: format!("This key lacks the scope `{}`.", scope.name()),
                helps: "Use a key that has it, or have an operator make one.".to_owned(),
            }),
            Who::System { .. } | Who::Member { .. } | Who::Owner { .. } => Ok(()),
        }
    }

    fn not_yours(&self, who: &Who) -> Forbidden {
        let whose = match self {
            Self::Group(_) => "What happens in a group is its members' to see.",
            Self::Content(_) => "What was said is for those who were there (R-48).",
            Self::Own => "This is about a person, and no person signed in.",
            Self::Facts | Self::Audit => "Facts over all groups are the programme owner's.",
            Self::Organise | Self::People | Self::Invite => "Forming groups is the programme owner's.",
            Self::Operate => "Keys are the operator's.",
            Self::Catalogue => "This is everybody's.",
        };
        let helps = match (self, who) {
            (Self::Group(_) | Self::Own, Who::System { .. }) => {
                "With the scope `act`, say in whose name you ask: the header `Peercircle-Member`."
            }
            (Self::Group(_), Who::Owner { .. }) => "Ask for the facts of the cycle instead.",
            (Self::Group(_) | Self::Content(_) | Self::Own, _) => "Sign in with a member's personal link.",
            (Self::Operate, _) => "Sign in with a key that has the scope `operate`.",
            _ => "Sign in as the programme owner.",
        };
        Forbidden { code: "not_your_role", says: whose.to_owned(), helps: helps.to_owned() }
    }
}

/// Somebody who may not be who they say.
pub(crate) fn not_vouched() -> Forbidden {
    Forbidden {
        code: "not_vouched",
        says: "You signed in after the group began to talk, or while somebody was signed in as you, and nobody has said yet that it is you.".to_owned(),
        helps: "Ask somebody in your group to open their page and confirm that it is you.".to_owned(),
    }
}
