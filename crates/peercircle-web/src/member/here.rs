//! Everything a member's page of a cycle draws, read in one go.

use std::sync::Arc;

use maud::{Markup, html};
use peercircle_core::{
    AllowedView, CommandKind, Cycle, CycleId, CycleView, DueKind, GuideView, Instant, MemberId, MemberView, Seat,
    SessionKind, SessionView, Stage, Stop, StrategyId,
};
use peercircle_host::{HostError, SignedIn, Visitor};
use peercircle_modules::{Block, Language, Module, Text};

use super::module;
use crate::{
    address::at,
    language::Reader,
    page::{Nav, Page, Trouble},
    words::Names,
};

pub(crate) struct Here {
    pub(crate) visitor: Visitor,
    pub(crate) reader: Reader,
    pub(crate) id: CycleId,
    pub(crate) me: MemberId,
    /// What the views leave out: the machine itself.
    pub(crate) cycle: Cycle,
    pub(crate) view: CycleView,
    pub(crate) guide: GuideView,
    pub(crate) names: Names,
    pub(crate) module: Option<Arc<Module>>,
    pub(crate) group: String,
    pub(crate) unvouched: Vec<SignedIn>,
    /// What was sent with a form that lacks something, to be sent again: mostly nothing.
    pub(crate) sent: Vec<(String, String)>,
}

impl Here {
    pub(crate) fn load(visitor: Visitor, reader: Reader, id: CycleId) -> Result<Self, Trouble> {
        let view = visitor.view(&id)?;
        let guide = visitor.guide(&id)?;
        let cycle = visitor.organisation().service().cycle(&id).map_err(HostError::from)?;
        let me = visitor.person().cloned().ok_or(Trouble::SignIn)?;
        let ids: Vec<_> = view.members.iter().map(|one| one.member.clone()).collect();
        let catalogue = visitor.organisation().catalogue();
        let module = view.module.as_ref().and_then(|id| reader.module(catalogue, id.as_str()));
        let strategies = module.iter().flat_map(|module| &module.about.strategies);
        let strategies = strategies.map(|one| (one.id.to_string(), one.name.as_str().to_owned())).collect();
        let names = Names { me: Some(me.clone()), all: visitor.names(&ids)?, strategies };
        let group = match &view.group {
            Some(group) => visitor.organisation().group_name(group)?,
            None => "My group".to_owned(),
        };
        let unvouched = visitor.unvouched()?.into_iter().filter(|one| ids.contains(&one.person)).collect();
        Ok(Self { visitor, reader, id, me, cycle, view, guide, names, module, group, unvouched, sent: Vec::new() })
    }

    /// The kind of command, where one may give it now.
    pub(crate) fn may(&self, kind: CommandKind) -> Option<&AllowedView> {
        self.guide.may.iter().find(|one| one.command == kind)
    }

    /// The same, where it is about oneself.
    pub(crate) fn may_for_me(&self, kind: CommandKind) -> bool {
        self.may(kind).is_some_and(|one| one.members.is_empty() || one.members.contains(&self.me))
    }

    /// Whether to offer a recovery code: not in a session, where there is other work, and not once it is over.
    pub(crate) fn wants_code(&self) -> bool {
        let is_quiet = matches!(self.view.stage, Stage::Forming | Stage::Scheduled | Stage::Practising | Stage::Adopting);
        is_quiet && self.visitor.recovery_code().is_ok_and(|code| code.is_none())
    }

    pub(crate) fn mine(&self) -> Option<&MemberView> {
        self.view.members.iter().find(|one| one.member == self.me)
    }

    pub(crate) fn is_chair(&self) -> bool {
        self.guide.chair.as_ref() == Some(&self.me)
    }

    pub(crate) fn seat(&self, member: &MemberId) -> Option<Seat> {
        self.cycle.roster().seat_of(member)
    }

    /// What somebody is called who sits there.
    pub(crate) fn name_at(&self, seat: Seat) -> &str {
        self.cycle.roster().member(seat).map_or("somebody", |profile| self.names.of(&profile.id))
    }

    /// When a pause that lasts is used up.
    pub(crate) fn pause_ends(&self) -> Option<Instant> {
        self.cycle.deadlines().into_iter().find(|due| due.kind == DueKind::PauseEnds {}).map(|due| due.at)
    }

    /// Whether the session's clock stands: a pause past its cap is time that runs.
    pub(crate) fn clock_stands(&self) -> bool {
        match self.guide.clock.and_then(|clock| clock.stopped) {
            Some(Stop::Pause) => self.pause_ends().is_none_or(|at| self.guide.now < at),
            Some(Stop::Wait) => true,
            None => false,
        }
    }

    pub(crate) fn session(&self, kind: SessionKind) -> Option<&SessionView> {
        self.view.sessions.iter().find(|one| one.session == kind)
    }

    /// The session that comes next or runs.
    pub(crate) fn session_ahead(&self) -> Option<&SessionView> {
        let open = |kind| self.session(kind).filter(|one| one.closed_at.is_none());
        open(SessionKind::Explore).or_else(|| open(SessionKind::Reflect)).filter(|_| !self.view.stage.is_terminal())
    }

    pub(crate) fn buddies(&self) -> Vec<MemberId> {
        let mine = self.view.buddies.iter().find(|pair| pair.contains(&self.me));
        mine.into_iter().flatten().filter(|one| **one != self.me).cloned().collect()
    }

    /// The language of the module's words, where the page's is another.
    pub(crate) fn language(&self) -> Option<&str> {
        let language = self.module.as_ref()?.language.as_str();
        (language != Language::LAST).then_some(language)
    }

    /// A line of the module's, marked with its language.
    pub(crate) fn text(&self, text: &Text) -> Markup {
        let words = module::text(text);
        html! { @match self.language() { Some(language) => span lang=(language) { (words) }, None => (words) } }
    }

    /// Paragraphs of the module's, marked with their language.
    pub(crate) fn blocks(&self, blocks: &[Block]) -> Markup {
        html! { div lang=[self.language()] { (module::blocks(blocks)) } }
    }

    /// What a strategy is called.
    pub(crate) fn strategy(&self, id: &StrategyId) -> String {
        self.names.strategies.get(id.as_str()).cloned().unwrap_or_else(|| crate::words::spaced(id.as_str()))
    }

    pub(crate) fn title(&self) -> String {
        let module = self.module.as_ref().map(|module| module.about.title.as_str().to_owned());
        module.or_else(|| self.view.module.as_ref().map(|id| crate::words::spaced(id.as_str()))).unwrap_or_default()
    }

    /// The practice week one is in, from 1: counted from the end of session 1.
    pub(crate) fn week(&self) -> Option<u8> {
        let closed = self.session(SessionKind::Explore)?.closed_at.filter(|_| self.view.stage == Stage::Practising)?;
        let week = self.guide.now.since(closed).as_seconds() / (7 * 24 * 3600) + 1;
        u8::try_from(week).ok()
    }

    pub(crate) fn nav(&self, page: &str) -> Nav {
        let link = |label, to: &str| {
            let path = format!("{}{to}", at("c", &self.id));
            (label, path, page == to)
        };
        Nav {
            place: Some(self.group.clone()),
            links: vec![
                link("Now", ""),
                link("Module", "/module"),
                link("Notes", "/notes"),
                link("Group", "/group"),
                ("Me", "/me".to_owned(), false),
            ],
        }
    }

    /// A page that is live with the cycle.
    pub(crate) fn live(&self, page: Page, place: &str) -> Page {
        Page { live: Some((self.id.clone(), self.view.revision)), ..page.with(self.nav(place)) }
    }
}
