//! Sign-in by an organisation's own issuer (OpenID Connect): a JWT that it signed says who somebody is.
//!
//! - The keys are the issuer's, found by discovery. Whatever a token says of keys (`jku`, `x5u`, `jwk`) is not looked at.
//! - RS256, ES256 and EdDSA (Ed25519), each with a key of its own kind.
//! - Which organisation a token is for is read from its `iss` and `aud` before anything is verified, and verified then.
//! - Whoever has the claim of owners is a programme owner and nobody else, also where they are in the directory: HR doesn't become a
//!   member by writing itself into it. For the same reason an address that was changed in the directory doesn't open what a group
//!   said, until somebody in the group says that it really is them.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation};
use peercircle_core::{Instant, MemberId, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use ureq::http::Uri;

use crate::{
    HostError, Organisation, Person, SignInError, Who,
    directory::AddressChanged,
    documents::{self, At},
    link,
};

/// By how much the clocks of an issuer and ours may differ, in seconds.
const LEEWAY: f64 = 60.0;

/// How often the keys are asked for at most, whatever comes.
const PATIENCE: Span = Span::seconds(30);

/// How old keys may be before they are asked for again: one that the issuer takes back is good no longer than this.
const FRESH: Span = Span::hours(1);

/// The longest token, in bytes.
const MAX_TOKEN: usize = 16 << 10;

/// The longest answer of an issuer, in bytes.
const MAX_ANSWER: u64 = 512 << 10;

/// The shortest modulus of an RSA key, in bytes.
const MIN_MODULUS: usize = 256;

/// How long an issuer may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The issuer of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Oidc {
    /// The issuer, exactly as it stands in tokens: an `https` address, or `http` on this machine.
    pub issuer: String,
    /// Whom the tokens are for, as it stands in them.
    pub audience: String,
    /// The claim that says who somebody is: a person's address or their id. Where none is named, `email` (the address, or what is
    /// before the `@` as an id of somebody without one), then `sub` (the id).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person_claim: Option<String>,
    /// What programme owners have; nobody is one by this issuer where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<OwnerClaim>,
}

/// What a programme owner's token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnerClaim {
    /// The claim; one inside another by a JSON pointer, such as `/realm_access/roles`.
    pub claim: String,
    /// What it has to be, or to hold where it is a list.
    pub value: String,
}

/// An issuer and what is known of its keys.
pub(crate) struct Issuer {
    settings: Oidc,
    keys: RwLock<Arc<Vec<Key>>>,
    /// When the keys were asked for last, and when they came. Held while they are asked for, so that one does so.
    asked: Mutex<Asked>,
}

#[derive(Default)]
struct Asked {
    at: Option<Instant>,
    came: Option<Instant>,
    failed: Option<String>,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

/// A key that is good for one way of signing.
struct Key {
    kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// A key as issuers publish it (RFC 7517).
#[derive(Deserialize)]
struct Published {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl Published {
    /// The key, where it is one to verify with here.
    fn key(self) -> Option<Key> {
        let Self { kty, kid, alg, usage, key_ops, crv, n, e, x, y } = self;
        let for_signing = usage.is_none_or(|usage| usage == "sig");
        let verifies = key_ops.is_none_or(|ops| ops.iter().any(|op| op == "verify"));
        let (algorithm, name, key) = match (kty.as_str(), crv.as_deref()) {
            ("RSA", None) => {
                let n = n?;
                let bytes = URL_SAFE_NO_PAD.decode(&n).ok()?;
                if bytes.iter().skip_while(|byte| **byte == 0).count() < MIN_MODULUS {
                    return None;
                }
                (Algorithm::RS256, "RS256", DecodingKey::from_rsa_components(&n, &e?))
            }
            ("EC", Some("P-256")) => (Algorithm::ES256, "ES256", DecodingKey::from_ec_components(&x?, &y?)),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, "EdDSA", DecodingKey::from_ed_components(&x?)),
            _ => return None,
        };
        let is_its = alg.is_none_or(|alg| alg == name);
        (for_signing && verifies && is_its).then_some(Key { kid, algorithm, key: key.ok()? })
    }
}

impl Oidc {
    /// # Errors
    /// [`HostError::Invalid`].
    fn check(&self) -> Result<(), HostError> {
        address(&self.issuer)?;
        let empty = |text: &str| text.trim().is_empty();
        let owner = self.owner.as_ref().is_some_and(|owner| empty(&owner.claim) || empty(&owner.value));
        if empty(&self.audience) || owner || self.person_claim.as_deref().is_some_and(empty) {
            let expected = "an audience, and claims with names and values".to_owned();
            return Err(HostError::Invalid { expected, got: "an empty text".to_owned() });
        }
        Ok(())
    }
}

/// An address that secrets may be sent to: `https`, or this machine.
fn address(text: &str) -> Result<Uri, HostError> {
    let uri = text.parse::<Uri>().ok().filter(|uri| match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => is_loopback(host),
        _ => false,
    });
    uri.ok_or_else(|| HostError::Invalid {
        expected: "an address with https, or http on this machine".to_owned(),
        got: format!("`{}`", text.chars().take(200).collect::<String>()),
    })
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl Issuer {
    pub(crate) fn new(settings: Oidc) -> Result<Self, HostError> {
        settings.check()?;
        Ok(Self { settings, keys: RwLock::default(), asked: Mutex::default() })
    }

    /// Whether a token says of itself that it is of this issuer and for this audience.
    pub(crate) fn is_claimed(&self, claims: &Map<String, Value>) -> bool {
        let is_for = match claims.get("aud") {
            Some(Value::String(one)) => *one == self.settings.audience,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(&self.settings.audience)),
            _ => false,
        };
        is_for && claims.get("iss").and_then(Value::as_str) == Some(&self.settings.issuer)
    }

    /// What a token says, once it is certain that the issuer says so now.
    fn verified(&self, text: &str, now: Instant) -> Result<Map<String, Value>, SignInError> {
        let header = jsonwebtoken::decode_header(text).map_err(|_| SignInError::Unknown)?;
        if header.crit.is_some() || !is_a_token(&header) {
            return Err(SignInError::Unknown);
        }
        let algorithm = header.alg;
        if !matches!(algorithm, Algorithm::RS256 | Algorithm::ES256 | Algorithm::EdDSA) {
            return Err(SignInError::Unknown);
        }
        let keys = self.keys_with(header.kid.as_deref(), algorithm, now)?;
        let [key] = fitting(&keys, header.kid.as_deref(), algorithm)[..] else { return Err(SignInError::Unknown) };
        // The signature alone: the times are held to our own clock.
        let mut validation = Validation::new(algorithm);
        validation.validate_exp = false;
        validation.validate_aud = false;
        validation.required_spec_claims.clear();
        let decoded = jsonwebtoken::decode::<Map<String, Value>>(text, &key.key, &validation);
        let claims = decoded.map_err(|_| SignInError::Unknown)?.claims;
        if self.is_claimed(&claims) && is_current(&claims, now) { Ok(claims) } else { Err(SignInError::Unknown) }
    }

    /// The keys, asked for anew where they are old or none fits.
    fn keys_with(&self, kid: Option<&str>, algorithm: Algorithm, now: Instant) -> Result<Arc<Vec<Key>>, SignInError> {
        let known = || Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner));
        let within = |at: Option<Instant>, span| at.is_some_and(|at| at <= now && now < at + span);
        let mut asked = match self.asked.try_lock() {
            Ok(asked) => asked,
            // Somebody asks. Whoever has a key needn't wait.
            Err(std::sync::TryLockError::WouldBlock) if !fitting(&known(), kid, algorithm).is_empty() => return Ok(known()),
            Err(_) => self.asked.lock().unwrap_or_else(PoisonError::into_inner),
        };
        let fits = !fitting(&known(), kid, algorithm).is_empty();
        if fits && within(asked.came, FRESH) {
            return Ok(known());
        }
        if !within(asked.at, PATIENCE) {
            asked.at = Some(now);
            match self.fetch() {
                Ok(keys) => {
                    *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
                    (asked.came, asked.failed) = (Some(now), None);
                }
                Err(reason) => asked.failed = Some(reason),
            }
        }
        let keys = known();
        match &asked.failed {
            // An issuer that is away for a while doesn't sign anybody out whose key is known.
            Some(reason) if fitting(&keys, kid, algorithm).is_empty() => {
                let (issuer, reason) = (self.settings.issuer.clone(), reason.clone());
                Err(HostError::Issuer { issuer, reason }.into())
            }
            Some(_) | None => Ok(keys),
        }
    }

    /// The issuer's keys, by discovery.
    fn fetch(&self) -> Result<Vec<Key>, String> {
        #[derive(Deserialize)]
        struct Configuration {
            issuer: String,
            jwks_uri: String,
        }
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let issuer = &self.settings.issuer;
        let configuration: Configuration =
            get(&format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')))?;
        if configuration.issuer != *issuer {
            return Err(format!("a configuration of `{}`", configuration.issuer));
        }
        let set: Set = get(&configuration.jwks_uri)?;
        // A key of a kind that isn't known here is for others.
        let published = set.keys.into_iter().filter_map(|key| serde_json::from_value::<Published>(key).ok());
        Ok(published.filter_map(Published::key).collect())
    }
}

fn get<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, String> {
    let uri = address(text).map_err(|error| error.to_string())?;
    let mut config = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0);
    if uri.host().is_some_and(is_loopback) {
        config = config.proxy(None);
    }
    let mut answer = ureq::Agent::new_with_config(config.build()).get(uri).call().map_err(|error| error.to_string())?;
    if answer.status() != 200 {
        return Err(format!("status {} of `{text}`", answer.status()));
    }
    let body = answer.body_mut().with_config().limit(MAX_ANSWER).read_to_vec().map_err(|error| error.to_string())?;
    serde_json::from_slice(&body).map_err(|error| error.to_string())
}

/// The keys that a token may have been signed with: the one it names; where it names none, the only one of its kind.
fn fitting<'a>(keys: &'a [Key], kid: Option<&str>, algorithm: Algorithm) -> Vec<&'a Key> {
    let fits = |key: &&Key| key.algorithm == algorithm && (kid.is_none() || key.kid.as_deref() == kid);
    keys.iter().filter(fits).collect()
}

/// Whether it is a token to sign in with, and not another thing that the issuer signs, such as a logout.
fn is_a_token(header: &Header) -> bool {
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}

/// Whether it is good now: it has an end, and neither that is past nor a beginning ahead.
fn is_current(claims: &Map<String, Value>, now: Instant) -> bool {
    let at = |claim: &str| match claims.get(claim) {
        None => Some(None),
        Some(value) => value.as_f64().map(Some),
    };
    #[expect(clippy::cast_precision_loss, reason = "instants lie below 2^53 milliseconds")]
    let now = now.unix_millis() as f64 / 1e3;
    let (Some(Some(exp)), Some(nbf)) = (at("exp"), at("nbf")) else { return false };
    now < exp + LEEWAY && nbf.is_none_or(|nbf| now >= nbf - LEEWAY)
}

/// What a token says of itself. Nothing of it is certain.
pub(crate) fn unverified(text: &str) -> Option<Map<String, Value>> {
    let mut parts = text.split('.');
    let (Some(_), Some(claims), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let bytes = URL_SAFE_NO_PAD.decode(claims).ok().filter(|_| text.len() <= MAX_TOKEN)?;
    serde_json::from_slice(&bytes).ok()
}

pub(crate) fn who(organisation: &Organisation, issuer: &Issuer, text: &str) -> Result<Who, SignInError> {
    let claims = issuer.verified(text, organisation.service().now())?;
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str).filter(|text| !text.is_empty());
    if let Some(OwnerClaim { claim, value }) = &issuer.settings.owner {
        let found = if claim.starts_with('/') { pointed(&claims, claim) } else { claims.get(claim) };
        let is_owner = match found {
            Some(Value::String(one)) => one == value,
            Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(value)),
            _ => false,
        };
        if is_owner {
            let name = text("email").or_else(|| text("preferred_username")).or_else(|| text("sub"));
            return Ok(Who::Owner { name: name.ok_or(SignInError::Unknown)?.to_owned() });
        }
    }
    let (person, by) = person(organisation, &issuer.settings, &claims)?.ok_or(SignInError::Unknown)?;
    let store = organisation.service().store();
    let changed = || Ok::<_, HostError>(documents::get::<AddressChanged>(store, person.as_str())?.is_some());
    if by == By::Address && changed()? && link::has_talked(organisation, &person)? {
        let identity = text("sub").or_else(|| text("email")).unwrap_or_default();
        return link::by_identity(organisation, person, &format!("{} {identity}", issuer.settings.issuer));
    }
    Ok(Who::Member { person, vouched: true, vouched_in: std::collections::BTreeSet::new(), by_key: None })
}

fn pointed<'a>(claims: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let (first, rest) = pointer.strip_prefix('/')?.split_once('/').unwrap_or((pointer.strip_prefix('/')?, ""));
    let value = claims.get(&first.replace("~1", "/").replace("~0", "~"))?;
    if rest.is_empty() { Some(value) } else { value.pointer(&format!("/{rest}")) }
}

/// By what somebody was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    /// By what whoever keeps the directory can change.
    Address,
    /// By what nobody can.
    Id,
}

/// Whom the claims mean, of those in the directory.
fn person(
    organisation: &Organisation,
    settings: &Oidc,
    claims: &Map<String, Value>,
) -> Result<Option<(MemberId, By)>, HostError> {
    let text = |claim: &str| claims.get(claim).and_then(Value::as_str);
    // An address that anybody may give themselves says nothing.
    let verified = match claims.get("email_verified") {
        None | Some(Value::Bool(true)) => true,
        Some(Value::String(text)) => text == "true",
        Some(_) => false,
    };
    let known = |id: &str| -> Result<Option<Person>, HostError> {
        Ok(documents::get::<Person>(organisation.service().store(), id)?.map(|at| at.value))
    };
    let by_id = |id: &str| Ok::<_, HostError>(known(id)?.map(|person| (person.id, By::Id)));
    let email = text(settings.person_claim.as_deref().unwrap_or("email")).filter(|text| text.contains('@'));
    let is_email = settings.person_claim.as_deref().is_none_or(|claim| claim == "email");
    if let Some(email) = email.filter(|_| verified || !is_email) {
        let local = email.split_once('@').map_or("", |(local, _)| local).to_lowercase();
        let same = |person: &Person| person.email.as_deref().is_some_and(|one| one.to_lowercase() == email.to_lowercase());
        match known(&local)? {
            Some(person) if same(&person) => return Ok(Some((person.id, By::Address))),
            // Whoever has another address is somebody else.
            Some(person) if person.email.is_none() && settings.person_claim.is_none() => {
                return Ok(Some((person.id, By::Address)));
            }
            Some(_) | None => {}
        }
        let all = documents::all::<Person>(organisation.service().store(), "")?;
        let mut found = all.into_iter().map(|At { value, .. }| value).filter(same);
        match (found.next(), found.next()) {
            (Some(person), None) => return Ok(Some((person.id, By::Address))),
            (Some(_), Some(_)) => return Ok(None),
            (None, _) => {}
        }
    }
    match (&settings.person_claim, text(settings.person_claim.as_deref().unwrap_or("sub"))) {
        (Some(claim), _) if claim == "email" && !verified => Ok(None),
        (_, Some(id)) => by_id(id),
        (_, None) => Ok(None),
    }
}
