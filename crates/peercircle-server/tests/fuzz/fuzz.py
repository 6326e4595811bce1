"""Asks everything of the API that its description allows, and much that it doesn't. `cargo xtask fuzz` runs it.

A server for each visitor, on an empty folder, seeded through its API: what one of them breaks isn't there for the next.
"""

import contextlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import requests

HERE = pathlib.Path(__file__).parent
SERVER = os.environ["PEERCIRCLE_SERVER"]
SCOPES = ["facts", "groups", "act", "invite", "operate"]
EAST = ["ana", "bo", "cy", "dee", "eli", "fay"]
WEST = ["gus", "hal", "ida", "jon", "kim", "lou"]
NOTES = ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"]
BEFORE, NOW = "2026-02-02T09:00:00Z", "2026-03-02T09:00:00Z"


class Api:
    def __init__(self, base, token):
        self.base, self.token = base, token

    def __call__(self, method, path, body=None, by=None, text=None):
        headers = {"Authorization": f"Bearer {by or self.token}"}
        if text is not None:
            headers["Content-Type"] = "application/toml"
        answer = requests.request(method, f"{self.base}/api/v1{path}", json=body, data=text, headers=headers, timeout=20)
        if not answer.ok:
            raise SystemExit(f"fuzz: seeding: {method} {path}: {answer.status_code} {answer.text}")
        return answer.json() if answer.content else None

    def sign_in(self, invited):
        return self("POST", "/redeem", {"token": self("POST", "/invitations", invited)["token"]})["token"]


@contextlib.contextmanager
def serving():
    """A server with a key of its own."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "RUST_LOG": "off"}
        program = [SERVER, "--data", f"{folder}/data"]
        scopes = [word for scope in SCOPES for word in ("--scope", scope)]
        key = subprocess.run([*program, "make-key", "fuzz", *scopes], env=env, check=True, capture_output=True, text=True).stdout.strip()
        flags = ["--listen", "127.0.0.1:0", "--proxy", "127.0.0.1", "--key-rate", "100000", "--test-clock", BEFORE]
        server = subprocess.Popen([*program, *flags], env=env, stdout=subprocess.PIPE, text=True)
        try:
            said = server.stdout.readline()
            if "peercircle is at " not in said:
                raise SystemExit(f"fuzz: expected the server's address, got `{said.strip()}`")
            yield Api(said.split("peercircle is at ")[1].strip().rstrip("/"), key)
            if server.poll() is not None:
                raise SystemExit(f"fuzz: the server ended with {server.returncode}")
        finally:
            server.terminate()
            if server.wait(timeout=30) != 0:
                print(f"fuzz: the server ended with {server.returncode}", file=sys.stderr)


def seed(api):
    """What `hooks.py` and `schemathesis.toml` name: people, groups, cycles and notes, two of the cycles in the midst of their first session.
    Gives the tokens of the first group, and of somebody who may be signed out."""
    for number, person in enumerate([*EAST, *WEST, "zed", "zoe"]):
        api("PUT", f"/people/{person}", {"name": person, "level": "lead", "department": f"d-{number}"})
    for group, cycle, people in [("east", "c-1", EAST), ("west", "c-2", WEST), ("later", "c-3", EAST)]:
        api("PUT", f"/groups/{group}", {"name": group, "members": people})
        first = {"starts_at": NOW, "place": "onsite"}
        api("POST", f"/groups/{group}/cycles", {"cycle": cycle, "module": "delegation", "session_1": first})
    api("POST", "/keys", {"name": "spare", "scopes": ["facts"]})
    sessions = {person: api.sign_in({"role": "member", "person": person}) for person in [*EAST, *WEST, "zed"]}
    clock(api, "2026-03-02T08:55:00Z")
    for cycle, people in [("c-1", EAST), ("c-2", WEST)]:
        chair = people[0]

        def give(by, **command):
            api("POST", f"/cycles/{cycle}/commands", command, by=sessions[by])

        give(chair, type="facilitator.appoint", session="explore", member=chair)
        give(chair, type="session.open", session="explore")
        for person in people:
            give(chair, type="attendance.mark", member=person, attendance="present")
            give(person, type="ground_rules.accept", member=person, version=1)
        clock(api, NOW)
        give(chair, type="session.start")
        give(chair, type="phase.open", phase="story_sharing")
        for note in NOTES:
            said = {"for": {"audience": "session", "session": "explore"}, "text": "said"}
            api("PUT", f"/cycles/{cycle}/notes/{note}", said, by=sessions[chair])
    return {"people": [*EAST, *WEST], "tokens": [sessions[person] for person in EAST], "leaver": sessions["zed"]}


def clock(api, at):
    requests.post(f"{api.base}/test/clock", data=at, timeout=20).raise_for_status()


def ask(api, seeds, *words):
    """Asks as whoever has these tokens; gives whether nothing was found."""
    description = f"{api.base}/api/v1/openapi.json"
    program = [sys.executable, "-m", "schemathesis.cli", "run", description, "--no-color", *words]
    env = {**os.environ, "PEERCIRCLE_FUZZ_SEEDS": json.dumps(seeds), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(program, cwd=HERE, env=env).returncode == 0


# What members may ask for in a second by the server's limits, a little less.
PACE = {"member": ["--rate-limit", f"{18 * len(EAST)}/s"]}

# Three routes read a command, whose schema has thousands of borders.
READ_COMMANDS = [word for name in ("command", "explain", "path") for word in ("--exclude-operation-id", name)]

# The borders of every schema one after the other, and then by chance.
BORDERS, CHANCE = ["--phases", "examples,coverage"], ["--phases", "fuzzing,stateful", "--max-examples"]

# For each visitor, what is asked: in CI as much as fits into it, and the same each time.
FIXED = {"key": [[*BORDERS, *READ_COMMANDS], [*CHANCE, "25"]], "member": [[*CHANCE, "25"]], "nobody": [[*CHANCE, "10"]]}


def long():
    chance = [*CHANCE, "500", "--seed", str(int(time.time()))]
    return {visitor: [BORDERS, chance] for visitor in FIXED}


def main(asked):
    failed = []
    for visitor, runs in asked.items():
        with serving() as api:
            seeds = seed(api)
            seeds["tokens"] = {"key": [api.token], "member": seeds["tokens"], "nobody": []}[visitor]
            for words in runs:
                start, name = time.monotonic(), f"{words[1]} as {visitor}"
                if not ask(api, seeds, *words, *PACE.get(visitor, [])):
                    failed.append(name)
                print(f"fuzz: {name}: {time.monotonic() - start:.0f} s", flush=True)
    if failed:
        raise SystemExit(f"fuzz: something was found: {'; '.join(failed)}")


main(long() if sys.argv[1:] == ["long"] else FIXED)
