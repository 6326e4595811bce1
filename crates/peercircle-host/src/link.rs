//! Personal links: an invitation that is good once becomes a link that only its person ever saw.
//!
//! Whoever invites sees the invitation, and could take it themselves. So an invitation that is taken once the group has begun to
//! talk, or while another link of theirs is good, opens everything but content, until somebody in the group has said that it really is them. That
//! holds for the cycles the two are in together and for no other: whoever forms cycles could form one of people of their own.

mod recovery;

use std::collections::{BTreeMap, BTreeSet};

use peercircle_core::{CycleId, Instant, MemberId, Span};
use peercircle_store::{Change, StoreError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::recovery::RecoveryCode;
use crate::{
    HostError, Organisation, Person, SignInError, Visitor, Who,
    documents::{self, At, Kept},
    right::{Right, not_vouched},
    token,
    visitor::is_in,
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
        #[schemars(length(min = 1), regex(pattern = r"\S"))]
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

/// Why an invitation or a link opens nothing any more. Only whoever holds one that was good can ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The invitation was taken, by them or by somebody else.
    Taken {
        /// Whom it was for.
        invited: Invited,
    },
    /// Nobody took the invitation in time.
    InvitationExpired {
        /// Whom it was for.
        invited: Invited,
    },
    /// The personal link has come to its end.
    LinkExpired {
        /// Whose it was.
        invited: Invited,
    },
}

impl Closed {
    /// Whom it was for.
    #[must_use]
    pub const fn invited(&self) -> &Invited {
        match self {
            Self::Taken { invited } | Self::InvitationExpired { invited } | Self::LinkExpired { invited } => invited,
        }
    }
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
    /// Whether it opens content: taken before the group talked, with no other link of theirs that was good, or vouched for.
    pub vouched: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptInvitation {
    invited: Invited,
    expires_at: Instant,
    taken: bool,
}

impl Kept for KeptInvitation {
    const KIND: &'static str = "invitation";
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct KeptLink {
    invited: Invited,
    at: Instant,
    expires_at: Instant,
    vouched: bool,
    #[serde(default)]
    vouched_in: BTreeSet<CycleId>,
}

impl Kept for KeptLink {
    const KIND: &'static str = "link";
}

impl KeptLink {
    /// Whether it opens content in all of these.
    fn is_sure_in(&self, cycles: &BTreeSet<CycleId>) -> bool {
        self.vouched || cycles.is_subset(&self.vouched_in)
    }

    fn shown(&self, person: &MemberId) -> SignedIn {
        let vouched = self.vouched || !self.vouched_in.is_empty();
        SignedIn { person: person.clone(), at: self.at, expires_at: self.expires_at, vouched }
    }
}

/// The links of a person by `person/hash`.
#[derive(Debug, Serialize, Deserialize)]
struct LinkOf {}

impl Kept for LinkOf {
    const KIND: &'static str = "link_of";
}

/// Who ever took an invitation, by id.
#[derive(Debug, Serialize, Deserialize)]
struct Came {}

impl Kept for Came {
    const KIND: &'static str = "came";
}

/// Who was invited and who came, for whoever invites.
pub(crate) struct WaysIn {
    invited: BTreeSet<MemberId>,
    came: BTreeSet<String>,
}

impl WaysIn {
    /// Whether somebody ever had an invitation.
    pub(crate) fn was_invited(&self, person: &MemberId) -> bool {
        self.invited.contains(person) || self.came(person)
    }

    /// Whether somebody ever took one.
    pub(crate) fn came(&self, person: &MemberId) -> bool {
        self.came.contains(person.as_str())
    }
}

fn of(person: &MemberId) -> String {
    format!("{person}/")
}

pub(crate) fn who(organisation: &Organisation, text: &str) -> Result<Who, SignInError> {
    let service = organisation.service();
    let found: Option<At<KeptLink>> = documents::get(service.store(), &token::hash(text))?;
    let link = found.map(|at| at.value).filter(|link| service.now() < link.expires_at).ok_or(SignInError::Unknown)?;
    Ok(match link.invited {
        Invited::Member { person } => {
            Who::Member { person, vouched: link.vouched, vouched_in: link.vouched_in, by_key: None }
        }
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

pub(crate) fn closed(organisation: &Organisation, text: &str) -> Result<Closed, SignInError> {
    let (service, hash) = (organisation.service(), token::hash(text));
    let invitation: Option<At<KeptInvitation>> = documents::get(service.store(), &hash)?;
    match invitation.map(|at| at.value) {
        Some(KeptInvitation { invited, taken: true, .. }) => return Ok(Closed::Taken { invited }),
        Some(KeptInvitation { invited, expires_at, .. }) if expires_at <= service.now() => {
            return Ok(Closed::InvitationExpired { invited });
        }
        Some(_) | None => {}
    }
    let link: Option<At<KeptLink>> = documents::get(service.store(), &hash)?;
    let ended = link.map(|at| at.value).filter(|link| link.expires_at <= service.now());
    ended.map(|link| Closed::LinkExpired { invited: link.invited }).ok_or(SignInError::Unknown)
}

pub(crate) fn redeem(organisation: &Organisation, text: &str) -> Result<Link, SignInError> {
    let store = organisation.service().store();
    for _ in 0..ATTEMPTS {
        let At { id, version, value } = good(organisation, text)?;
        let now = organisation.service().now();
        let expires_at = now + Span::days(LINK_DAYS);
        let token = token::draw(organisation.id())?;
        let hash = token::hash(&token);
        let mut changes = vec![documents::put(id, &KeptInvitation { taken: true, ..value.clone() }).expecting(version)];
        let vouched = match &value.invited {
            Invited::Owner { .. } => true,
            Invited::Member { person } => {
                // Of two at the same moment one is the first: each puts this anew.
                let came = documents::get::<Came>(store, person.as_str())?.map_or(0, |at| at.version);
                changes.push(documents::put(person.as_str(), &Came {}).expecting(came));
                changes.push(documents::put(format!("{}{hash}", of(person)), &LinkOf {}));
                // Nobody else is in as them: where somebody was, they are signed out now and will ask why.
                let is_sure = organisation.open_links_of(person)?.is_empty() && !has_talked(organisation, person)?;
                if is_sure {
                    // Whoever was in as them before, and had a code drawn, has none.
                    changes.push(recovery::forget(person));
                }
                is_sure
            }
        };
        let invited = value.invited;
        let link = KeptLink { invited: invited.clone(), at: now, expires_at, vouched, vouched_in: BTreeSet::new() };
        changes.push(documents::put(hash, &link));
        match store.change(changes) {
            Ok(()) => return Ok(Link { invited, token, expires_at }),
            // Somebody took it, or another one of theirs, at the same moment.
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(contended().into())
}

/// The sign-in of an identity at an issuer's that has to be vouched for: kept as a link that no token opens.
pub(crate) fn by_identity(organisation: &Organisation, person: MemberId, identity: &str) -> Result<Who, SignInError> {
    let (service, hash) = (organisation.service(), token::hash(&format!("identity {identity}")));
    let (now, invited) = (service.now(), Invited::Member { person: person.clone() });
    let found: Option<At<KeptLink>> = documents::get(service.store(), &hash)?;
    let vouched_in = match found.map(|at| at.value).filter(|link| link.invited == invited && now < link.expires_at) {
        Some(link) => link.vouched_in,
        None => {
            let expires_at = now + Span::days(LINK_DAYS);
            let link = KeptLink { invited, at: now, expires_at, vouched: false, vouched_in: BTreeSet::new() };
            let listed = documents::put(format!("{}{hash}", of(&person)), &LinkOf {});
            service.store().change(vec![listed, documents::put(hash, &link)])?;
            BTreeSet::new()
        }
    };
    Ok(Who::Member { person, vouched: false, vouched_in, by_key: None })
}

fn contended() -> HostError {
    StoreError::Unavailable { reason: "others who were faster each time".to_owned() }.into()
}

/// Whether something may have been said already in a group they are in.
pub(crate) fn has_talked(organisation: &Organisation, person: &MemberId) -> Result<bool, HostError> {
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

    /// Who was invited and who came; nothing where people sign in at an issuer's and need no invitation.
    pub(crate) fn ways_in(&self) -> Result<Option<WaysIn>, HostError> {
        if self.issuer().is_some() {
            return Ok(None);
        }
        let store = self.service().store();
        let person = |at: At<KeptInvitation>| match at.value.invited {
            Invited::Member { person } => Some(person),
            Invited::Owner { .. } => None,
        };
        let invited = documents::all::<KeptInvitation>(store, "")?.into_iter().filter_map(person).collect();
        let came = documents::all::<Came>(store, "")?.into_iter().map(|at| at.id).collect();
        Ok(Some(WaysIn { invited, came }))
    }

    fn links_of(&self, person: &MemberId) -> Result<Vec<At<KeptLink>>, HostError> {
        let (store, of) = (self.service().store(), of(person));
        let mut links = Vec::new();
        for at in documents::all::<LinkOf>(store, &of)? {
            // An id may hold a slash: `ana/` begins the links of `ana/b` as well.
            let hash = at.id.strip_prefix(&of).filter(|hash| !hash.contains('/'));
            links.extend(hash.map(|hash| documents::get::<KeptLink>(store, hash)).transpose()?.flatten());
        }
        Ok(links)
    }

    /// The links of a person that are good now.
    fn open_links_of(&self, person: &MemberId) -> Result<Vec<At<KeptLink>>, HostError> {
        let now = self.service().now();
        Ok(self.links_of(person)?.into_iter().filter(|at| now < at.value.expires_at).collect())
    }

    /// Revokes those of a person's links that `which` names.
    fn revoke(&self, person: &MemberId, which: impl Fn(&KeptLink) -> bool) -> Result<u32, HostError> {
        let links = self.links_of(person)?.into_iter().filter(|at| which(&at.value));
        let changes: Vec<_> = links.flat_map(|at| ended(person, at.id)).collect();
        let revoked = changes.len() / 2;
        self.service().store().change(changes)?;
        Ok(u32::try_from(revoked).unwrap_or(u32::MAX))
    }

    /// What deletes everything that a person could sign in with, and that they ever did.
    pub(crate) fn forget_links_of(&self, person: &MemberId) -> Result<Vec<Change>, HostError> {
        let mut changes: Vec<_> = self.links_of(person)?.into_iter().flat_map(|at| ended(person, at.id)).collect();
        changes.push(Change::delete(Came::KIND, person.as_str()));
        changes.push(recovery::forget(person));
        let theirs = Invited::Member { person: person.clone() };
        let invitations = documents::all::<KeptInvitation>(self.service().store(), "")?;
        let invitations = invitations.into_iter().filter(|at| at.value.invited == theirs);
        changes.extend(invitations.map(|at| Change::delete(KeptInvitation::KIND, at.id)));
        Ok(changes)
    }
}

/// What ends a link.
fn ended(person: &MemberId, hash: String) -> [Change; 2] {
    [Change::delete(LinkOf::KIND, format!("{}{hash}", of(person))), Change::delete(KeptLink::KIND, hash)]
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
        if self.person() == Some(person) {
            // Whoever ends all of it themselves fears that somebody else is in as them. Who may be that somebody ends no code.
            if matches!(&self.who, Who::Member { vouched, vouched_in, .. } if *vouched || !vouched_in.is_empty()) {
                self.organisation.service().store().change(vec![recovery::forget(person)])?;
            }
        } else {
            self.ask(&Right::Invite)?;
        }
        self.organisation.revoke(person, |_| true)
    }

    /// Signs a programme owner out everywhere, with invitations of theirs that are still open: whoever leaves HR. Says how many links
    /// there were. Who is one by the issuer's word is the issuer's to say.
    ///
    /// # Errors
    /// What the store says.
    pub fn sign_out_owner(&self, name: &str) -> Result<u32, HostError> {
        self.ask(&Right::Invite)?;
        let (store, theirs) = (self.organisation.service().store(), Invited::Owner { name: name.trim().to_owned() });
        let links = documents::all::<KeptLink>(store, "")?.into_iter().filter(|at| at.value.invited == theirs);
        let mut changes: Vec<_> = links.map(|at| Change::delete(KeptLink::KIND, at.id)).collect();
        let count = u32::try_from(changes.len()).unwrap_or(u32::MAX);
        let open = documents::all::<KeptInvitation>(store, "")?.into_iter().filter(|at| at.value.invited == theirs);
        changes.extend(open.map(|at| Change::delete(KeptInvitation::KIND, at.id)));
        store.change(changes)?;
        Ok(count)
    }

    /// Ends this one link of theirs: the one whose token is shown.
    ///
    /// # Errors
    /// What the store says; a token that opens nothing, or somebody else's, is no error.
    pub fn sign_out(&self, token: &str) -> Result<(), HostError> {
        let store = self.organisation.service().store();
        let Some(At { id, value, .. }) = documents::get::<KeptLink>(store, &token::hash(token))? else { return Ok(()) };
        let changes = match (&value.invited, &self.who) {
            (Invited::Member { person }, Who::Member { person: me, .. }) if person == me => ended(person, id).to_vec(),
            (Invited::Owner { name }, Who::Owner { name: me }) if name == me => vec![Change::delete(KeptLink::KIND, id)],
            (Invited::Member { .. } | Invited::Owner { .. }, _) => Vec::new(),
        };
        Ok(store.change(changes)?)
    }

    /// My own sign-ins that are good now: one that I don't know of is somebody else's.
    ///
    /// # Errors
    /// What the store says.
    pub fn sign_ins(&self) -> Result<Vec<SignedIn>, HostError> {
        self.ask(&Right::Own)?;
        let Some(me) = self.person() else { return Ok(Vec::new()) };
        Ok(self.organisation.open_links_of(me)?.iter().map(|at| at.value.shown(me)).collect())
    }

    /// Who in my groups signed in and has not been vouched for in all that we are in together.
    ///
    /// # Errors
    /// What the store says.
    pub fn unvouched(&self) -> Result<Vec<SignedIn>, HostError> {
        self.ask(&Right::Own)?;
        let mut found = Vec::new();
        for (person, shared) in self.mates()? {
            let links = self.organisation.open_links_of(&person)?.into_iter().map(|at| at.value);
            let waiting = links.filter(|link| !link.is_sure_in(&shared));
            found.extend(waiting.map(|link| SignedIn { vouched: false, ..link.shown(&person) }));
        }
        Ok(found)
    }

    /// Says that it is them who signed in: that link opens content of the cycles we are in together from now on, and is the only one
    /// of theirs that is good. Whoever took their place before is out.
    ///
    /// # Errors
    /// [`HostError::NotFound`] where they aren't in a group with whoever says so; `not_vouched` where that one isn't sure either;
    /// [`HostError::Invalid`] where several sign-ins wait, as nobody knows which of them is meant.
    pub fn vouch(&self, person: &MemberId) -> Result<u32, HostError> {
        let shared = self.sure_with(person)?;
        for _ in 0..ATTEMPTS {
            let open = self.organisation.open_links_of(person)?;
            let (waiting, others): (Vec<_>, Vec<_>) = open.into_iter().partition(|at| !at.value.is_sure_in(&shared));
            if waiting.len() > 1 {
                let expected = "one sign-in that waits; say that it isn't them, and let them sign in anew".to_owned();
                return Err(HostError::Invalid { expected, got: waiting.len().to_string() });
            }
            let Some(At { id, version, value }) = waiting.into_iter().next() else { return Ok(0) };
            let vouched_in = value.vouched_in.union(&shared).cloned().collect();
            let mut changes = vec![documents::put(id, &KeptLink { vouched_in, ..value }).expecting(version)];
            changes.extend(others.into_iter().flat_map(|at| ended(person, at.id)));
            // It may be that of whoever took their place.
            changes.push(recovery::forget(person));
            match self.organisation.service().store().change(changes) {
                Err(StoreError::Stale { .. }) => {}
                done => return Ok(done.map(|()| 1)?),
            }
        }
        Err(contended())
    }

    /// Says that it isn't them who signed in: links that wait to be vouched for are good no longer.
    ///
    /// # Errors
    /// As [`vouch`](Self::vouch), but for several.
    pub fn disown(&self, person: &MemberId) -> Result<u32, HostError> {
        let shared = self.sure_with(person)?;
        self.organisation.revoke(person, |link| !link.is_sure_in(&shared))
    }

    /// The cycles we are in together in which it is certain who I am.
    fn sure_with(&self, person: &MemberId) -> Result<BTreeSet<CycleId>, HostError> {
        self.ask(&Right::Own)?;
        let stranger = || HostError::NotFound { expected: "somebody in a group of yours", got: person.to_string() };
        let shared = self.mates()?.remove(person).ok_or_else(stranger)?;
        let sure: BTreeSet<_> = shared.into_iter().filter(|cycle| self.who.is_sure_in(cycle)).collect();
        if sure.is_empty() { Err(not_vouched().into()) } else { Ok(sure) }
    }

    /// Who is in a cycle with this person, and in which: both of them now, or until they came to an end in it. Whoever left before,
    /// or was put in and taken out again, is none.
    fn mates(&self) -> Result<BTreeMap<MemberId, BTreeSet<CycleId>>, HostError> {
        let mut mates = BTreeMap::<MemberId, BTreeSet<CycleId>>::new();
        for (id, cycle) in self.cycles_with_me()? {
            let others =
                cycle.roster().members().filter(|(seat, one)| is_in(&cycle, *seat) && Some(&one.id) != self.person());
            for (_, one) in others {
                mates.entry(one.id.clone()).or_default().insert(id.clone());
            }
        }
        Ok(mates)
    }
}
