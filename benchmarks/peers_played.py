"""Another engine carries a case through the same transactions; run by its own interpreter, which need not have arende.

``python peers_played.py NAME FOLDER ROUNDS < plan.json`` prints the seconds of each round. The plan is a list of
transactions: ``{"to": state or null, "tasks": n, "answers": n, "mails": [text, …]}``. Each commits once, durably as
arende does (WAL, ``synchronous=FULL``), and begins by reading what is stored: between two steps there are days.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

Plan = list[dict[str, Any]]


def states_of(plan: Plan) -> list[str]:
    """The states that the case comes through, in order, the first of them before anything has happened."""
    return ["new", *(f"{step['to']}_{n}" for n, step in enumerate(plan) if step["to"])]


def statemachine(plan: Plan, file: Path) -> float:
    """python-statemachine, its rows kept by SQLAlchemy's ORM."""
    from sqlalchemy import ForeignKey, Integer, String, create_engine, event
    from sqlalchemy.orm import DeclarativeBase, Session, mapped_column
    from statemachine import State, StateMachine

    class Base(DeclarativeBase):
        pass

    class Case(Base):
        __tablename__ = "cases"
        id = mapped_column(Integer, primary_key=True)
        state = mapped_column(String)

    class Row(Base):
        __tablename__ = "rows"
        id = mapped_column(Integer, primary_key=True)
        case_id = mapped_column(ForeignKey("cases.id"))
        kind = mapped_column(String)
        text = mapped_column(String)

    names = states_of(plan)
    states = {n: State(initial=n == names[0], final=n == names[-1]) for n in names}
    moves = {f"go_{b}": states[a].to(states[b]) for a, b in pairwise(names)}
    machine: Any = type("Machine", (StateMachine,), {**states, **moves})
    engine = create_engine(f"sqlite:///{file}")

    def durable(driver: Any, _record: Any) -> None:
        driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA synchronous=FULL")

    event.listen(engine, "connect", durable)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Case(id=1, state="new"))
        session.commit()
    begun = time.perf_counter()
    for n, step in enumerate(plan):
        with Session(engine) as session:
            case = session.get_one(Case, 1)
            if step["to"]:
                machine(model=case, state_field="state").send(f"go_{step['to']}_{n}")
            session.add(Row(case_id=1, kind="event", text=json.dumps({"n": n, "to": step["to"]})))
            session.add_all(Row(case_id=1, kind="task", text="Ta nästa steg") for _ in range(step["tasks"]))
            session.add_all(Row(case_id=1, kind="answer", text="supports") for _ in range(step["answers"]))
            session.add_all(Row(case_id=1, kind="mail", text=text) for text in step["mails"])
            session.commit()
    taken = time.perf_counter() - begun
    engine.dispose()
    return taken


_PROCESS = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="http://bpmn.example/">
<process id="declaration" isExecutable="true"><startEvent id="start"><outgoing>f0</outgoing></startEvent>{tasks}
<endEvent id="end"><incoming>f{last}</incoming></endEvent>{flows}</process></definitions>"""


def _bpmn(steps: int) -> bytes:
    tasks = "".join(
        f'<manualTask id="t{n}" name="t{n}"><incoming>f{n}</incoming><outgoing>f{n + 1}</outgoing></manualTask>'
        for n in range(steps)
    )
    ends = ["start", *(f"t{n}" for n in range(steps)), "end"]
    flows = "".join(
        f'<sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}"/>' for n, (a, b) in enumerate(pairwise(ends))
    )
    return _PROCESS.format(tasks=tasks, flows=flows, last=steps).encode()


def spiff(plan: Plan, file: Path) -> float:
    """SpiffWorkflow: a BPMN process with one manual task for each transaction, stored whole between two of them."""
    from SpiffWorkflow import TaskState
    from SpiffWorkflow.bpmn.parser import BpmnParser
    from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
    from SpiffWorkflow.bpmn.workflow import BpmnWorkflow

    parser = BpmnParser()
    parser.add_bpmn_str(_bpmn(len(plan)))
    serializer = BpmnWorkflowSerializer()
    workflow = BpmnWorkflow(parser.get_spec("declaration"))
    workflow.do_engine_steps()
    conn = sqlite3.connect(file, isolation_level=None)
    conn.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        "CREATE TABLE cases (id INTEGER PRIMARY KEY, state, workflow);"
        "CREATE TABLE rows (id INTEGER PRIMARY KEY, case_id, kind, text)"
    )
    conn.execute("INSERT INTO cases VALUES (1, 'new', ?)", (serializer.serialize_json(workflow),))
    begun = time.perf_counter()
    for n, step in enumerate(plan):
        (stored,) = conn.execute("SELECT workflow FROM cases WHERE id = 1").fetchone()
        workflow = serializer.deserialize_json(stored)
        workflow.get_next_task(state=TaskState.READY, manual=True).run()
        workflow.do_engine_steps()
        conn.execute("BEGIN IMMEDIATE")
        conn.execute("UPDATE cases SET state = ?, workflow = ?", (step["to"], serializer.serialize_json(workflow)))
        rows = [("event", json.dumps({"n": n, "to": step["to"]})), *[("task", "Ta nästa steg")] * step["tasks"]]
        rows += [("answer", "supports")] * step["answers"] + [("mail", text) for text in step["mails"]]
        conn.executemany("INSERT INTO rows (case_id, kind, text) VALUES (1, ?, ?)", rows)
        conn.execute("COMMIT")
    taken = time.perf_counter() - begun
    conn.close()
    assert workflow.is_completed()
    return taken


PEERS: dict[str, Callable[[Plan, Path], float]] = {"SpiffWorkflow": spiff, "python-statemachine": statemachine}


def main(name: str, folder: str, rounds: str) -> None:
    """Play the plan so many times, each on a new file, and print the seconds."""
    plan: Plan = json.load(sys.stdin)
    files = [Path(folder) / f"{name}_{n}.sqlite" for n in range(int(rounds))]
    print(json.dumps([PEERS[name](plan, file) for file in files]))


if __name__ == "__main__":
    main(*sys.argv[1:])
