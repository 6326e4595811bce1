//! Routes as values: one table drives the router, the rights, the limits, the API's description and its tests.

use std::fmt;

use axum::http::Method;
use peercircle_core::CycleId;
use peercircle_host::{HostError, Right, Visitor};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::call::{Call, Reply};
use crate::problem::No;

/// What a route asks of a visitor before anything else. Each but the first two is a [`Right`] of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Need {
    /// Nothing: whoever comes.
    Public,
    /// That somebody is signed in. What exactly they may do, the host says of each.
    SignedIn,
    /// [`Right::Catalogue`].
    Catalogue,
    /// [`Right::Group`] of the cycle in the path.
    Group,
    /// [`Right::Content`] of the cycle in the path.
    Content,
    /// [`Right::Facts`].
    Facts,
    /// [`Right::Organise`].
    Organise,
    /// [`Right::People`].
    People,
    /// [`Right::Invite`].
    Invite,
    /// [`Right::Audit`].
    Audit,
    /// [`Right::Operate`].
    Operate,
    /// [`Right::Own`].
    Own,
    /// [`Right::Organise`], or for a member that the cycle in the path is theirs; the host says so with the command at hand.
    Command,
}

impl Need {
    pub(crate) fn ask(self, visitor: &Visitor, cycle: Option<CycleId>) -> Result<(), HostError> {
        let of_cycle = |right: fn(CycleId) -> Right| {
            let none = HostError::NotFound { expected: "a cycle of yours", got: String::new() };
            cycle.clone().map(right).ok_or(none)
        };
        let right = match self {
            Self::Public | Self::SignedIn | Self::Command => return Ok(()),
            Self::Catalogue => Right::Catalogue,
            Self::Group => of_cycle(Right::Group)?,
            Self::Content => of_cycle(Right::Content)?,
            Self::Facts => Right::Facts,
            Self::Organise => Right::Organise,
            Self::People => Right::People,
            Self::Invite => Right::Invite,
            Self::Audit => Right::Audit,
            Self::Operate => Right::Operate,
            Self::Own => Right::Own,
        };
        visitor.ask(&right)
    }

    /// Whose it is, in words.
    pub(crate) const fn says(self) -> &'static str {
        match self {
            Self::Public => "Anybody.",
            Self::SignedIn => "Whoever is signed in.",
            Self::Catalogue => "Whoever is signed in.",
            Self::Group => "Members of the cycle; a key with the scope `act` in a member's name.",
            Self::Content => "Members of the cycle, once it is certain who they are. No key.",
            Self::Facts => "The programme owner; a key with the scope `facts`.",
            Self::Organise => "The programme owner; a key with the scope `groups`.",
            Self::People => "The programme owner; a key with the scope `groups`.",
            Self::Invite => "The programme owner; a key with the scope `invite`.",
            Self::Audit => "The programme owner; a key with the scope `facts`.",
            Self::Operate => "A key with the scope `operate`.",
            Self::Own => "A member; a key with the scope `act` in a member's name.",
            Self::Command => {
                "Members of the cycle; for an organiser's commands the programme owner. Keys with `act` or `groups`."
            }
        }
    }
}

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    None,
    Json,
    Csv,
    Toml,
    /// A process file: TOML or JSON.
    ProcessFile,
}

impl Body {
    pub(crate) const fn media(self) -> &'static [&'static str] {
        match self {
            Self::None => &[],
            Self::Json => &["application/json"],
            Self::Csv => &["text/csv"],
            Self::Toml => &["application/toml"],
            Self::ProcessFile => &["application/toml", "application/json"],
        }
    }
}

/// A schema, in whose generator it is wanted.
pub(crate) type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// The schema of a type.
pub(crate) fn of<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// The schema of any text.
pub(crate) fn text(_: &mut SchemaGenerator) -> Schema {
    schemars::json_schema!({"type": "string"})
}

/// A parameter of the query, or a header.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Param {
    pub(crate) name: &'static str,
    pub(crate) says: &'static str,
    pub(crate) schema: SchemaOf,
}

/// What answers.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// A call that blocks.
    Plain(fn(&Call) -> Result<Reply, No>),
    /// A command: it blocks where it can't be answered without.
    Command,
    /// Events: a page, or a stream of them where the visitor accepts one.
    Events(fn(&Call) -> Result<Reply, No>),
}

/// A route: its address, whose it is, what it reads and answers.
///
/// # Example
/// ```
/// use peercircle_http::{Need, routes};
/// let notes: Vec<_> = routes().iter().filter(|route| route.path().contains("/notes")).collect();
/// assert!(notes.iter().all(|route| route.need() == Need::Content));
/// ```
pub struct Route {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    pub(crate) id: &'static str,
    pub(crate) says: &'static str,
    pub(crate) handler: Handler,
    pub(crate) query: &'static [Param],
    pub(crate) headers: &'static [Param],
    pub(crate) body: Body,
    pub(crate) reads: Option<SchemaOf>,
    pub(crate) status: u16,
    pub(crate) media: &'static str,
    pub(crate) gives: Option<SchemaOf>,
    pub(crate) also: &'static [(u16, &'static str)],
    pub(crate) unlimited: bool,
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({:?})", self.method, self.path, self.need)
    }
}

impl Route {
    /// The method.
    #[must_use]
    pub const fn method(&self) -> &Method {
        &self.method
    }

    /// The path, with its parameters in braces.
    #[must_use]
    pub const fn path(&self) -> &'static str {
        self.path
    }

    /// What it asks of a visitor.
    #[must_use]
    pub const fn need(&self) -> Need {
        self.need
    }

    /// Its name in the API's description.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// What it does, a sentence.
    #[must_use]
    pub const fn says(&self) -> &'static str {
        self.says
    }

    /// The parameters of its path, in order.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    const fn new(
        method: Method,
        path: &'static str,
        need: Need,
        id: &'static str,
        says: &'static str,
        handler: Handler,
    ) -> Self {
        Self {
            method,
            path,
            need,
            id,
            says,
            handler,
            query: &[],
            headers: &[],
            body: Body::None,
            reads: None,
            status: 200,
            media: "application/json",
            gives: None,
            also: &[],
            unlimited: false,
        }
    }

    pub(crate) const fn query(mut self, query: &'static [Param]) -> Self {
        self.query = query;
        self
    }

    pub(crate) const fn headers(mut self, headers: &'static [Param]) -> Self {
        self.headers = headers;
        self
    }

    pub(crate) const fn reads(mut self, body: Body, schema: SchemaOf) -> Self {
        self.body = body;
        self.reads = Some(schema);
        self
    }

    pub(crate) const fn gives(mut self, status: u16, schema: SchemaOf) -> Self {
        self.status = status;
        self.gives = Some(schema);
        self
    }

    pub(crate) const fn empty(mut self) -> Self {
        self.status = 204;
        self
    }

    pub(crate) const fn sent_as(mut self, media: &'static str) -> Self {
        self.media = media;
        self
    }

    pub(crate) const fn also(mut self, also: &'static [(u16, &'static str)]) -> Self {
        self.also = also;
        self
    }

    /// For those who look after the server: neither limited nor counted as work.
    pub(crate) const fn unlimited(mut self) -> Self {
        self.unlimited = true;
        self
    }
}

type Plain = fn(&Call) -> Result<Reply, No>;

pub(crate) const fn get(path: &'static str, need: Need, id: &'static str, says: &'static str, plain: Plain) -> Route {
    Route::new(Method::GET, path, need, id, says, Handler::Plain(plain))
}

pub(crate) const fn events(path: &'static str, need: Need, id: &'static str, says: &'static str, plain: Plain) -> Route {
    Route::new(Method::GET, path, need, id, says, Handler::Events(plain))
}

pub(crate) const fn put(path: &'static str, need: Need, id: &'static str, says: &'static str, plain: Plain) -> Route {
    Route::new(Method::PUT, path, need, id, says, Handler::Plain(plain))
}

pub(crate) const fn post(path: &'static str, need: Need, id: &'static str, says: &'static str, plain: Plain) -> Route {
    Route::new(Method::POST, path, need, id, says, Handler::Plain(plain))
}

pub(crate) const fn command(path: &'static str, need: Need, id: &'static str, says: &'static str) -> Route {
    Route::new(Method::POST, path, need, id, says, Handler::Command)
}

pub(crate) const fn delete(path: &'static str, need: Need, id: &'static str, says: &'static str, plain: Plain) -> Route {
    Route::new(Method::DELETE, path, need, id, says, Handler::Plain(plain))
}
