"""Throws generated operations at every field of Query and Mutation, by the package schemathesis.

    TOMBOLA_URL=… python schema_run.py [EXAMPLES]

EXAMPLES is how many right and how many wrong documents each field gets at most. The same ones come in every run. Any
answer with a status of 5xx, any error that is INTERNAL or has no code, and any wrong document that is accepted makes it
fail.
"""

import sys
from datetime import datetime, timezone

import graphql
import hypothesis
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.graphql import nodes

import api
from known_ids import Scene

EXAMPLES = int(sys.argv[1]) if len(sys.argv) > 1 else 10

SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    # What one document did to the database, the next one meets: a failure is reported as it came, not made smaller.
    phases=[hypothesis.Phase.generate],
    suppress_health_check=list(hypothesis.HealthCheck),
    verbosity=hypothesis.Verbosity.quiet,
)

LAST = ("Mutation.signOut",)
"""Fields after which the session is over."""


def register_scalars():
    moments = st.datetimes(datetime(2000, 1, 1), datetime(2999, 12, 31), timezones=st.just(timezone.utc))
    schemathesis.graphql.scalar("DateTime", moments.map(lambda moment: nodes.String(moment.isoformat())))
    longs = st.one_of(st.integers(0, 20), st.integers(1 - 2**53, 2**53 - 1))
    schemathesis.graphql.scalar("Long", longs.map(nodes.Int))
    values = st.recursive(
        st.one_of(st.text(max_size=8).map(nodes.String), st.integers(-9, 9).map(nodes.Int), st.just(nodes.Null)),
        lambda inner: st.lists(inner, max_size=3).map(nodes.List),
        max_leaves=8,
    )
    names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
    members = st.dictionaries(names, values, max_size=4)
    schemathesis.graphql.scalar("JSON", members.map(json_object))


def json_object(members):
    fields = [
        graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=value) for name, value in members.items()
    ]
    return graphql.ObjectValueNode(fields=tuple(fields))


def main():
    register_scalars()
    room = api.Room()
    headers = {"authorization": f"Bearer {room.token}"}
    schema = schemathesis.graphql.from_url(api.HTTP, headers=headers)
    fields = [found.ok() for found in schema.get_all_operations()]
    fields.sort(key=lambda field: field.label in LAST)
    tally = Tally()
    for field in fields:
        scene = Scene(room)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            throw(field, mode, scene, headers, tally)
    tally.end(len(fields))


def throw(field, mode, scene, headers, tally):
    """One field, one mode."""

    @hypothesis.seed(1)
    @SETTINGS
    @hypothesis.given(case=field.as_strategy(generation_mode=mode))
    def run(case):
        if case.meta.generation.mode == GenerationMode.POSITIVE:
            case.body = graphql.print_ast(scene.fill(graphql.parse(case.body)))
        tally.take(field.label, case, case.call(headers=headers))

    run()


class Tally:
    """What was found."""

    def __init__(self):
        self.count = self.accepted = 0
        self.codes = {}
        self.failures = []

    def take(self, label, case, response):
        self.count += 1
        try:
            answer = response.json()
        except ValueError:
            return self.fail(label, case, f"no JSON, status {response.status_code}: {response.text[:200]}")
        errors = answer.get("errors", [])
        codes = [error.get("extensions", {}).get("code") for error in errors]
        for code in codes:
            self.codes[code] = self.codes.get(code, 0) + 1
        if not errors:
            self.accepted += 1
        if response.status_code >= 500:
            self.fail(label, case, f"status {response.status_code}: {response.text[:400]}")
        elif "INTERNAL" in codes or None in codes:
            self.fail(label, case, str(errors))
        elif "RATE_LIMITED" in codes:
            self.fail(label, case, "the server's limit on requests is too low for this run")
        elif not errors and case.meta.generation.mode == GenerationMode.NEGATIVE:
            self.fail(label, case, f"a wrong document was accepted: {response.text[:200]}")

    def fail(self, label, case, reason):
        self.failures.append(f"FAIL  {label}: {reason}\n{case.body}\n")

    def end(self, fields):
        for failure in self.failures[:20]:
            print(failure)
        codes = ", ".join(f"{code} {count}" for code, count in sorted(self.codes.items(), key=str))
        print(f"{self.count} documents on {fields} fields: {self.accepted} without an error; {codes}")
        print(f"{len(self.failures)} failures")
        sys.exit(1 if self.failures else 0)


main()
