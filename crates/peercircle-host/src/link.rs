//! Personal links: an invitation that is good once becomes a link that only its person ever saw.
//!
//! Whoever invites sees the invitation, and could take it themselves. So an invitation that is taken once the group has begun to
//! talk, or after another one, opens everything but content, until somebody in the group has said that it really is them.

use peercircle_core::{Instant, MemberId, Span};
use peercircle_service::member_tag;
use peercircle_store::{StoreError, Which};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    HostError, Organisation, Person, SignInError, Visitor, Who,
    documents::{self, At, Kept},
    right::Right,
    token,
};

/// How long an invitation is good.
const INVITATION_DAYS: u32 = 30;

/// How long a personal link is good.
const LINK_DAYS: u32 = 180;

/// How often a change that others are faster with is tried anew.
const ATTEMPTS: u32 = 20;

/// Whom an invitation or a link is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "role", rename_all = "snake_case", deny_unknown_fields)]
pub enum Invited {
    /// Somebody in a group.
    Member {
        /// Who.
        person: MemberId,
    },
    /// A programme owner.
    Owner {
        /// Their name or address.
        name: String,
    },
}

/// An invitation, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Invitation {
    /// Whom it is for.
    pub invited: Invited,
    /// What opens the door, once.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

/// A personal link, shown once.
#[derive(Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Link {
    /// Whose it is.
    pub invited: Invited,
    /// What opens the door.
    pub token: String,
    /// Until when it is good.
    pub expires_at: Instant,
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Invitation").field("invited", &self.invited).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("invited", &self.invited).finish_non_exhaustive()
    }
}

/// A sign-in of a person: one taken invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignedIn {
    /// Who.
    pub person: MemberId,
    /// When the invitation was taken.
    pub at: Instant,
    /// Until when it is good.
    pub expires_at: Instant,
    /// Whether it opens content: taken before the group talked, or vouched for.
    pub vouched: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptInvitation {
    invited: Invited,
    expires_at: Instant,
    taken: bool,
}

impl Kept for KeptInvitation {
    const KIND: &'static str = "invitation";
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptLink {
    invited: Invited,
    at: Instant,
    expires_at: Instant,
    vouched: bool,
}

impl Kept for KeptLink {
    const KIND: &'static str = "link";
}

/// The links of a person by `person/hash`, those that were revoked as well: whether there ever was one decides about vouching.
#[derive(Debug, Serialize, Deserialize)]
struct LinkOf {
    revoked: bool,
}

impl Kept for LinkOf {
    const KIND: &'static str = "link_of";
}

fn of(person: &MemberId) -> String {
    format!("{person}/")
}

pub(crate) fn who(organisation: &Organisation, text: &str) -> Result<Who, SignInError> {
    let service = organisation.service();
    let found: Option<At<KeptLink>> = documents::get(service.store(), &token::hash(text))?;
    let link = found.map(|at| at.value).filter(|link| service.now() < link.expires_at).ok_or(SignInError::Unknown)?;
    Ok(match link.invited {
        Invited::Member { person } => Who::Member { person, vouched: link.vouched, by_key: None },
        Invited::Owner { name } => Who::Owner { name },
    })
}

pub(crate) fn invited(organisation: &Organisation, text: &str) -> Result<Invited, SignInError> {
    good(organisation, text).map(|at| at.value.invited)
}

fn good(organisation: &Organisation, text: &str) -> Result<At<KeptInvitation>, SignInError> {
    let service = organisation.service();
    let found: Option<At<KeptInvitation>> = documents::get(service.store(), &token::hash(text))?;
    let is_good = |at: &At<KeptInvitation>| !at.value.taken && service.now() < at.value.expires_at;
    found.filter(is_good).ok_or(SignInError::Unknown)
}

pub(crate) fn redeem(organisation: &Organisation, text: &str) -> Result<Link, SignInError> {
    let service = organisation.service();
    let At { id, version, value } = good(organisation, text)?;
    let now = service.now();
    let expires_at = now + Span::days(LINK_DAYS);
    let token = token::draw(organisation.id())?;
    let hash = token::hash(&token);
    let mut changes = Vec::new();
    let vouched = match &value.invited {
        Invited::Owner { .. } => true,
        Invited::Member { person } => {
            let first = documents::list::<LinkOf>(service.store(), &of(person), None, 1)?.is_empty();
            changes.push(documents::put(format!("{}{hash}", of(person)), &LinkOf { revoked: false }));
            first && !has_talked(organisation, person)?
        }
    };
    let link = KeptLink { invited: value.invited.clone(), at: now, expires_at, vouched };
    changes.push(documents::put(hash, &link));
    changes.push(documents::put(id, &KeptInvitation { taken: true, ..value }).expecting(version));
    match service.store().change(changes) {
        Ok(()) => Ok(Link { invited: link.invited, token, expires_at }),
        // Somebody took it at the same moment.
        Err(StoreError::Stale { .. }) => Err(SignInError::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// Whether something may have been said already in a group they are in.
fn has_talked(organisation: &Organisation, person: &MemberId) -> Result<bool, HostError> {
    for head in organisation.service().cycles_of(person)? {
        if organisation.service().cycle(&head.stream)?.ledger().closed_group() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Organisation {
    /// Invites a programme owner: the host's own work, for the first of them.
    ///
    /// # Errors
    /// What the store says.
    pub fn invite_owner(&self, name: &str) -> Result<Invitation, HostError> {
        self.invite(Invited::Owner { name: name.to_owned() })
    }

    pub(crate) fn invite(&self, invited: Invited) -> Result<Invitation, HostError> {
        let token = token::draw(self.id())?;
        let expires_at = self.service().now() + Span::days(INVITATION_DAYS);
        let kept = KeptInvitation { invited: invited.clone(), expires_at, taken: false };
        self.service().store().change(vec![documents::put(token::hash(&token), &kept)])?;
        Ok(Invitation { invited, token, expires_at })
    }

    fn links_of(&self, person: &MemberId) -> Result<Vec<At<KeptLink>>, HostError> {
        let mut links = Vec::new();
        for at in documents::all::<LinkOf>(self.service().store(), &of(person))? {
            let hash = at.id.rsplit('/').next().unwrap_or_default().to_owned();
            links.extend(documents::get::<KeptLink>(self.service().store(), &hash)?);
        }
        Ok(links)
    }

    /// Ends every link of a person's: the host's own work, once it is known that it may be done.
    pub(crate) fn revoke_links(&self, person: &MemberId) -> Result<u32, HostError> {
        self.revoke(person, |_| true)
    }

    /// Revokes those of a person's links that `which` names.
    fn revoke(&self, person: &MemberId, which: impl Fn(&KeptLink) -> bool) -> Result<u32, HostError> {
        let mut changes = Vec::new();
        for at in self.links_of(person)?.into_iter().filter(|at| which(&at.value)) {
            changes.push(documents::put(format!("{}{}", of(person), at.id), &LinkOf { revoked: true }));
            changes.push(peercircle_store::Change::delete(KeptLink::KIND, at.id));
        }
        let revoked = changes.len() / 2;
        self.service().store().change(changes)?;
        Ok(u32::try_from(revoked).unwrap_or(u32::MAX))
    }
}

impl Visitor {
    /// Invites a person into their groups.
    ///
    /// # Errors
    /// [`HostError::NotFound`] where there is no such person.
    pub fn invite(&self, person: &MemberId) -> Result<Invitation, HostError> {
        self.ask(&Right::Invite)?;
        let person: At<Person> = self.organisation.existing_person(person)?;
        self.organisation.invite(Invited::Member { person: person.value.id })
    }

    /// Invites another programme owner.
    ///
    /// # Errors
    /// [`HostError::Invalid`] without a name.
    pub fn invite_owner(&self, name: &str) -> Result<Invitation, HostError> {
        self.ask(&Right::Invite)?;
        if name.trim().is_empty() {
            return Err(HostError::Invalid { expected: "a name or an address".to_owned(), got: "none".to_owned() });
        }
        self.organisation.invite_owner(name.trim())
    }

    /// Signs a person out everywhere: every link of theirs is good no longer. Says how many there were.
    ///
    /// # Errors
    /// Where that is neither oneself nor whoever invites.
    pub fn sign_out_everywhere(&self, person: &MemberId) -> Result<u32, HostError> {
        if self.person() != Some(person) {
            self.ask(&Right::Invite)?;
        }
        self.organisation.revoke_links(person)
    }

    /// Ends this one link: the one whose token is shown.
    ///
    /// # Errors
    /// What the store says; a token that opens nothing is no error.
    pub fn sign_out(&self, token: &str) -> Result<(), HostError> {
        let hash = token::hash(token);
        let store = self.organisation.service().store();
        let mut changes = vec![peercircle_store::Change::delete(KeptLink::KIND, hash.clone())];
        if let Some(person) = self.person() {
            changes.push(documents::put(format!("{}{hash}", of(person)), &LinkOf { revoked: true }));
        }
        Ok(store.change(changes)?)
    }

    /// Who in my groups signed in and has not been vouched for.
    ///
    /// # Errors
    /// What the store says.
    pub fn unvouched(&self) -> Result<Vec<SignedIn>, HostError> {
        self.ask(&Right::Own)?;
        let mut found = Vec::new();
        for person in self.mates()? {
            let now = self.organisation.service().now();
            let links = self.organisation.links_of(&person)?.into_iter().map(|at| at.value);
            let open = links.filter(|link| !link.vouched && now < link.expires_at);
            found.extend(open.map(|link| SignedIn {
                person: person.clone(),
                at: link.at,
                expires_at: link.expires_at,
                vouched: false,
            }));
        }
        Ok(found)
    }

    /// Says that it is them who signed in: their links open content from now on.
    ///
    /// # Errors
    /// [`HostError::NotFound`] where they aren't in a group with whoever says so; `not_vouched` where that one isn't sure either.
    pub fn vouch(&self, person: &MemberId) -> Result<u32, HostError> {
        self.mate(person)?;
        for _ in 0..ATTEMPTS {
            let open = self.organisation.links_of(person)?.into_iter().filter(|at| !at.value.vouched);
            let changes: Vec<_> = open
                .map(|At { id, version, value }| documents::put(id, &KeptLink { vouched: true, ..value }).expecting(version))
                .collect();
            let vouched = u32::try_from(changes.len()).unwrap_or(u32::MAX);
            match self.organisation.service().store().change(changes) {
                Err(StoreError::Stale { .. }) => {}
                done => return Ok(done.map(|()| vouched)?),
            }
        }
        Err(StoreError::Unavailable { reason: "others who were faster each time".to_owned() }.into())
    }

    /// Says that it isn't them who signed in: those links are good no longer.
    ///
    /// # Errors
    /// As [`vouch`](Self::vouch).
    pub fn disown(&self, person: &MemberId) -> Result<u32, HostError> {
        self.mate(person)?;
        self.organisation.revoke(person, |link| !link.vouched)
    }

    fn mate(&self, person: &MemberId) -> Result<(), HostError> {
        self.ask(&Right::Own)?;
        self.sure()?;
        if self.mates()?.contains(person) {
            Ok(())
        } else {
            Err(HostError::NotFound { expected: "somebody in a group of yours", got: person.to_string() })
        }
    }

    /// Who is in a cycle with this person.
    fn mates(&self) -> Result<Vec<MemberId>, HostError> {
        let Some(me) = self.person() else { return Ok(Vec::new()) };
        let service = self.organisation.service();
        let mut mates = Vec::new();
        for head in service.store().streams(&Which::Tagged(member_tag(me)), None, usize::MAX)? {
            for member in service.view(&head.stream)?.members {
                if member.member != *me && !mates.contains(&member.member) {
                    mates.push(member.member);
                }
            }
        }
        Ok(mates)
    }
}
