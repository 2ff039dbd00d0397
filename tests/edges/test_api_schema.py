"""The API holds what its openapi.json says, whatever is sent to it: no answer of another shape, no fault of ours."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from test_api import program

import webstory
from arende import db
from arende.app import App
from arende.usecases.audit import verify
from arende.web import create_app

REAL = {
    "register_no": ["RS200001", "RS230001", "RS230002"],
    "type": [webstory.TYPE],
    "trigger": ["put_on_hold", "request_review", "consult", "close"],
    "party": ["municipality_laholm", "municipality_hylte"],
    "officer": ["officer", "officer2"],
    "record_no": [1, 2],
    "task": [1, 2, 3],
    "key": [webstory.TYPE],
}
"""Values that there are; made-up ones would hardly ever get past the first question."""

EXAMPLES = int(os.environ.get("EXAMPLES", "10"))
"""Of each way to ask. ``EXAMPLES=200`` looks longer."""


@pytest.fixture
def site(engine: Engine, tmp_path: Path) -> App:
    app = webstory.played_on(engine, tmp_path)
    return replace(app, settings=app.settings.model_copy(update={"api_per_minute": 100_000, "host": "testserver"}))


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_whatever_is_sent_the_answer_is_as_described(site: App, mode: str) -> None:
    import schemathesis
    from schemathesis.checks import CHECKS, load_all_checks

    load_all_checks()
    names = ["not_a_server_error", "status_code_conformance", "content_type_conformance",
             "response_headers_conformance", "response_schema_conformance"]  # fmt: skip
    checks = [CHECKS.get_one(name) for name in names]
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", create_app(site))
    key = program(site).headers["authorization"]
    seen = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        seen += 1
        strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

        @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(
            case=strategy,
            real=st.fixed_dictionaries({k: st.sampled_from(v) for k, v in REAL.items()}),
            use=st.booleans(),
        )
        def holds(case: Any, real: dict[str, Any], use: bool) -> None:
            if use and mode == "positive":
                _make_real(case, real)
            headers = {"Authorization": key}
            if case.method == "POST":
                headers |= {"Idempotency-Key": str(uuid4()), "If-Match": "*"}
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=checks, headers=headers)
            if _wrong(case) & {"body", "query"}:
                assert 400 <= answer.status_code < 500, (
                    case.method,
                    case.formatted_path,
                    str(case.query)[:300],
                    str(case.body)[:300],
                )

        holds()
    assert seen > 50
    with db.reading(site.engine):
        assert verify(site)[2] == []


def _make_real(case: Any, real: dict[str, Any]) -> None:
    for part in (case.path_parameters, case.query, case.body):
        if isinstance(part, dict):
            part.update({k: v for k, v in real.items() if k in part})


def _wrong(case: Any) -> set[str]:
    """Where the made-up request has another shape than is described; the headers are ours.

    A query with an empty list is left out: such a list is not sent at all, and the rest may be as described.
    """
    wrong = {str(place.value) for place, told in case.meta.components.items() if told.mode.is_negative}
    return wrong - {"query"} if isinstance(case.query, dict) and [] in case.query.values() else wrong
