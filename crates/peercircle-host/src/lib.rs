//! A host of peer learning groups: organisations apart from each other, their people and groups, who somebody is and what they
//! may ask, who looked at which facts.
//!
//! - [`Organisation`]: a tenant, with a store, a vault and a clock of its own. Two share nothing that could leak.
//! - [`Host::sign_in`]: from a personal link, an API key or a token of the organisation's issuer to a [`Visitor`] in exactly one role; [`Right`] is the one table
//!   of what each role may ask.
//! - [`Visitor`]: everything that can be asked of an organisation. A screen and an HTTP route are thin over it, and neither can
//!   forget to ask whether somebody may.
//!
//! HR never reads a word of what was said (R-48), also not by signing in as somebody else: an invitation that is redeemed once
//! something has been said opens no content until another member of the group has vouched for whoever came.
//!
//! Calls block, as those of the store do.
//!
//! # Example
//! ```
//! use peercircle_host::{Credential, Host, Organisation};
//! use peercircle_service::Service;
//! use peercircle_store::MemoryStore;
//!
//! let host = Host::default();
//! let acme = host.add(Organisation::new("acme".parse()?, "Acme", Service::new(MemoryStore::default())));
//! let invitation = acme.invite_owner("hr@acme.example")?;
//! let link = host.redeem(&invitation.token)?;
//! let owner = host.sign_in(Credential::Link(&link.token))?;
//! assert_eq!(owner.cycles(None, 10)?.len(), 0);
//! assert_eq!(owner.guide(&"c-1".parse()?).unwrap_err().code(), "not_your_role");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod cycles;
mod demo;
mod directory;
mod documents;
mod error;
mod few;
mod figures;
mod host;
mod key;
mod link;
mod offer;
mod oidc;
mod organisation;
mod outlook;
mod processes;
mod right;
mod roster;
mod seen;
mod token;
mod veil;
mod visitor;

pub use self::{
    audit::{AuditEntry, Looked},
    cycles::{FirstSession, Formed, NewCycle},
    demo::{Demo, DemoPerson},
    directory::{Group, Person},
    error::{Forbidden, HostError, SignInError},
    few::MIN_PEOPLE,
    figures::{Figures, ModuleFigures, Share, StageFigures},
    host::{Credential, Host},
    key::{KeyInfo, NewKey},
    link::{Closed, Invitation, Invited, Link, RecoveryCode, SignedIn},
    offer::{Offer, Offered},
    oidc::{Oidc, OwnerClaim},
    organisation::{OrgId, Organisation},
    outlook::{NextSession, Outlook, Outlooks, Terms, Waits},
    processes::ProcessFile,
    right::{Right, Scope},
    roster::{Draft, DraftGroup, RosterIssue},
    seen::{FactsTag, Seen},
    visitor::{Answered, Visitor, Who},
};
