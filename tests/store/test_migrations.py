import json

import pytest
from sqlalchemy import create_engine, inspect, text

from nnbuilder.store import Store
from nnbuilder.store.migrations import MIGRATIONS, SCHEMA_VERSION, bring_up_to_date
from nnbuilder.store.tables import Base

PROJECT, OTHER = "p" * 22, "q" * 22


@pytest.fixture
def engine(tmp_path):
    made = create_engine(f"sqlite:///{tmp_path / 'nnbuilder.db'}")
    yield made
    made.dispose()


def description(engine):
    """Every table with its columns, types, indexes and references, as the database itself tells them."""
    look = inspect(engine)
    return {
        table: (
            {
                column["name"]: (str(column["type"]), column["nullable"], column["primary_key"])
                for column in look.get_columns(table)
            },
            sorted((index["name"], tuple(index["column_names"])) for index in look.get_indexes(table)),
            [
                (key["constrained_columns"], key["referred_table"], key["options"])
                for key in look.get_foreign_keys(table)
            ],
        )
        for table in sorted(look.get_table_names())
    }


def test_the_steps_from_nothing_lead_to_the_tables_of_today(engine):
    with engine.begin() as connection:
        assert bring_up_to_date(connection) == 0
        assert bring_up_to_date(connection) == SCHEMA_VERSION
    today = create_engine("sqlite://")
    Base.metadata.create_all(today)
    assert description(engine) == description(today)
    today.dispose()


def test_a_database_of_the_first_version_keeps_projects_and_runs(engine, tmp_path):
    document = {"name": "Übung", "version": 1, "training": {"epochs": 20}}
    with engine.begin() as connection:
        MIGRATIONS[0](connection)
        connection.execute(text("INSERT INTO schema (id, version) VALUES (1, 1)"))
        for project, spec in ((PROJECT, document), (OTHER, {})):
            connection.execute(
                text("INSERT INTO projects (id, spec, revision, created, updated) VALUES (:id, :spec, 7, 1.5, 9.5)"),
                {"id": project, "spec": json.dumps(spec)},
            )
        # In the order of their ids they are not in the order of their making.
        for letter, created in (("c", 1.0), ("b", 2.0), ("a", 3.0)):
            connection.execute(
                text(
                    "INSERT INTO runs (id, project_id, spec, state, message, epoch, latest, created, updated) "
                    "VALUES (:id, :project, :spec, 'done', '', 20, '{\"train_loss\": 0.5}', :created, :created)"
                ),
                {"id": letter * 22, "project": PROJECT, "spec": json.dumps(document), "created": created},
            )
    store = Store.open(home=tmp_path)
    project = store.project(PROJECT)
    assert (project.name, project.spec, project.revision) == ("Übung", document, 7)
    assert (project.created, project.updated, project.opened) == (1.5, 9.5, 9.5)
    assert store.project(OTHER).name == ""
    runs = store.runs(PROJECT)
    assert [(run.id[0], run.serial, run.epochs) for run in runs] == [("a", 3, 20), ("b", 2, 20), ("c", 1, 20)]
    assert runs[0].latest == {"train_loss": 0.5}
    assert store.create_run(PROJECT, document).serial == 4
    assert store.create_run(OTHER, {}).serial == 1
    store.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(engine, tmp_path, monkeypatch):
    with engine.begin() as connection:
        MIGRATIONS[0](connection)
        connection.execute(text("INSERT INTO schema (id, version) VALUES (1, 1)"))
    before = description(engine)

    def half(connection):
        MIGRATIONS[1](connection)
        raise RuntimeError("killed")

    monkeypatch.setattr("nnbuilder.store.migrations.MIGRATIONS", (MIGRATIONS[0], half))
    with pytest.raises(RuntimeError):
        Store.open(home=tmp_path)
    assert description(engine) == before
