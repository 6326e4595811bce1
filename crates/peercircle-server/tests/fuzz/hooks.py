"""What Schemathesis is told beside the API's description: how to get in, where what was seeded lies, and what a "no" has to look like."""

import itertools
import json
import os
import re

import schemathesis
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case

SEEDS = json.loads(os.environ["PEERCIRCLE_FUZZ_SEEDS"])
TOKENS = SEEDS["tokens"]
CALLS, ENTRIES = itertools.count(), itertools.count()

# What says that the form of a request was wrong, and not that a rule refuses it or that something isn't there.
OF_FORM = {
    "bad_header",
    "bad_json",
    "bad_query",
    "bad_request",
    "invalid",
    "invalid_body",
    "invalid_id",
    "no_route",
    "not_acceptable",
    "not_utf8",
    "wrong_content_type",
    "wrong_method",
}

# Of those, what no schema can say.
UNSAID = [
    # What there is already.
    re.compile(r"expected a revision of at most \d+ as "),
    re.compile(r"expected a name that no process that ships has, "),
    # How the parts of a process go together.
    re.compile(r"`[a-z_.0-9\[\]]+`: expected "),
    # JSON Schema takes 1.0 for a whole number, and JSON in Rust doesn't.
    re.compile(r"invalid type: floating point `-?\d+(\.0|e\+?\d+)`, expected [ui]\d+"),
    re.compile(r"expected a whole number( or null)? as `[^`]*`, got `-?\d+(\.0+|(\.0+)?e\+?\d+)`", re.IGNORECASE),
    # What is a secret.
    re.compile(r"expected your recovery code, "),
]

# Where a good visitor may be told that nobody is signed in: who was signed out before, or what a token is of.
MAY_BE_OUT = {"signOut", "redeem", "invited"}

# What has to be there to the end, and what is taken in its place where something would be ended.
KEPT = {"fuzz", *SEEDS["people"]}
INSTEAD = {"erasePerson": ("id", "zed"), "signOutEverywhere": ("id", "zoe"), "revokeKey": ("name", "spare")}

# Ids that were seeded, by the schema that such an id has.
SEEDED = {
    "MemberId": ["ana", "bo", "cy"],
    "CycleId": ["c-1", "c-2"],
    "GroupId": ["east"],
    "ModuleId": ["delegation"],
    "NoteRef": ["00000000-0000-4000-8000-000000000001"],
}

schemathesis.serializer.alias("application/toml", "text/plain")
schemathesis.serializer.alias("text/csv", "text/plain")


@schemathesis.hook
def before_load_schema(context, raw_schema):
    """The same schemas, but what is drawn along them is often what is there."""
    for name, ids in SEEDED.items():
        schema = raw_schema["components"]["schemas"].get(name)
        if schema is not None:
            schema["examples"] = ids


@schemathesis.auth(refresh_interval=None).apply_to(lambda context: bool(TOKENS))
class Door:
    """The next of the tokens: each has a limit of its own, which must not hide anything."""

    def get(self, case, context):
        return SEEDS["leaver"] if operation_id(case) == "signOut" else TOKENS[next(ENTRIES) % len(TOKENS)]

    def set(self, case, data, context):
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(context, case, kwargs):
    """Every call comes from an address of its own, for the same reason, and none ends what the others need."""
    name, other = INSTEAD.get(operation_id(case), ("", ""))
    if (case.path_parameters or {}).get(name) in KEPT:
        case.path_parameters[name] = other
    number = next(CALLS)
    case.headers["X-Forwarded-For"] = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def operation_id(case):
    return case.operation.definition.raw["operationId"]


def problem(response):
    try:
        said = json.loads(response.content)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


@schemathesis.check
def a_no_is_a_documented_problem(ctx, response, case):
    """`default` documents every status, so that the check of statuses has nothing to say: the list of codes is looked at instead."""
    status = response.status_code
    if status < 400:
        assert str(status) in case.operation.definition.raw["responses"], f"{status} isn't documented"
        return
    assert status != 429, "a limit was met, which hides what else would have been said"
    assert status != 401 or not TOKENS or operation_id(case) in MAY_BE_OUT, "the visitor is out, which hides what else would have been said"
    media = response.headers.get("content-type", [""])[0]
    assert media == "application/problem+json", f"{status} comes as `{media}`"
    said = problem(response)
    assert said and said["status"] == status, f"{status} says of itself that it is {said and said['status']}"
    kinds = case.operation.schema.raw_schema["info"]["description"]
    assert f"- `{said['code']}` ({status}):" in kinds, f"`{said['code']}` ({status}) isn't in the list of problems"


@schemathesis.check
def refused_for_its_form(ctx, response, case):
    """What the schema allows may be refused by a rule or for who asks, not for its form."""
    meta = case.meta
    if meta is None or not meta.generation.mode.is_positive or response.status_code < 400:
        return
    if is_unexpected_http_status_case(case):
        return
    said = problem(response) or {}
    code, detail = said.get("code"), said.get("detail", "")
    if not any(unsaid.match(detail) for unsaid in UNSAID):
        assert code not in OF_FORM, f"the schema allows it, and it is refused as `{code}`: {detail}"
