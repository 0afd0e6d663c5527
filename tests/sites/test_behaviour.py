"""Migrated sites do what they did under ImageKit 2, step by step; see ``behaviour.py``.

The sites run under the ImageKit that is installed, and under those that environment variables name, see
``interpreters.py``. Where no ImageKit 2 is there, its recorded observations are used.
"""

from __future__ import annotations

import dataclasses
import json

import pytest
from behaviour import (
    EVERYTHING,
    LABELS,
    RUNS,
    UNNAMED,
    BehaviourSite,
    Driven,
    Known,
    Table,
    behaviour_sites,
    contradictions,
    differences,
    drive,
    is_as_expected,
    load_table,
    migrate_site,
)
from interpreters import IMAGEKIT_2, INSTALLED, VERSIONS, find_interpreters
from migrating import Migration, copy_site, migrate
from shared_results import SharedResults

SITES = behaviour_sites()
INTERPRETERS = find_interpreters()
TABLE = load_table()
MIGRATED = [name for name in INTERPRETERS if name != IMAGEKIT_2]


@pytest.fixture(scope="module")
def interpreters():
    """The interpreters, each started when it is first used."""
    yield INTERPRETERS
    for interpreter in INTERPRETERS.values():
        interpreter.close()


class Work:
    """Migrations and observations, each made once in a test run."""

    def __init__(self, results, interpreters):
        self.results = results
        self.interpreters = interpreters

    def project(self, site, run):
        return self.results.folder / run / site.name

    def migration(self, site, run):
        """Return what ``apply`` reported; the migrated copy is in ``project``."""
        tool = self.interpreters[INSTALLED]
        made = self.results.get(
            f"{run}-{site.name}",
            lambda: dataclasses.asdict(migrate_site(tool, site, run, self.project(site, run))),
        )
        return Migration(**made)

    def refusal(self, run):
        """Return why the command line rejects the options of a run, empty where it does not."""
        site = next(site for site in SITES if run in site.runs)
        return self.migration(site, run).refusal

    def driven(self, site, run, environment):
        interpreter = self.interpreters[environment]
        output = self.results.folder / f"{run}-{site.name}-{environment}.driven"
        return drive(interpreter, site, self.project(site, run), output)


@pytest.fixture(scope="module")
def work(tmp_path_factory, interpreters):
    return Work(SharedResults.for_session(tmp_path_factory, "behaviour"), interpreters)


def site_parameters(environments):
    return [
        pytest.param(site, run, environment, id=f"{site.name}-{run}-{environment}")
        for environment in environments
        for site in SITES
        for run in site.runs
        if INTERPRETERS[environment].is_python2 or not site.needs_python2
    ]


@pytest.mark.parametrize(("site", "run", "environment"), site_parameters(MIGRATED))
def test_site_behaves_as_recorded(site, run, environment, work):
    if run in TABLE.rejected:
        assert work.refusal(run), f"the command line has {RUNS[run]} now: replace '{run} rejected' in the table"
        return
    migration = work.migration(site, run)
    assert not migration.refusal
    found = differences(site.expected(), work.driven(site, run, environment))
    wrong = list(contradictions(TABLE.failing(site.name, run, environment), found, migration.codes))
    assert not wrong, "\n" + "\n".join(wrong)


COMPLETED = (
    *("admin_thumbnails", "app_without_settings", "backend_setting", "classes_handed_on"),
    *("fields_added_later", "lost_originals", "processed_names"),
)


@pytest.mark.parametrize("environment", MIGRATED)
@pytest.mark.parametrize("name", COMPLETED)
def test_faithful_completes_a_migration_without_it(name, environment, tmp_path, interpreters):
    site, tool = BehaviourSite(name), interpreters[INSTALLED]
    assert not migrate(tool, site.project, tmp_path / "first").refusal
    assert not migrate(tool, tmp_path / "first", tmp_path / "second", *RUNS["faithful"]).refusal
    driven = drive(interpreters[environment], site, tmp_path / "second", tmp_path / "driven.json")
    assert differences(site.expected(), driven) == {}


@pytest.mark.parametrize("name", [name for name in VERSIONS if name not in INTERPRETERS])
def test_other_versions(name):
    pytest.skip(f"no {VERSIONS[name]}: set IK_MIGRATE_ENVS; recorded observations stand in for ImageKit 2")


@pytest.mark.parametrize("site", [pytest.param(site, id=site.name) for site in SITES if IMAGEKIT_2 in INTERPRETERS])
def test_imagekit_2_observes_what_is_recorded(site, tmp_path, interpreters):
    copy_site(site.project, tmp_path / "site")
    driven = drive(interpreters[IMAGEKIT_2], site, tmp_path / "site", tmp_path / "driven.json")
    assert differences(json.loads(site.golden.read_text("utf-8")), driven) == {}


# The sites and the table ------------------------------------------------------------------------


def test_every_row_has_a_site():
    rows = {row for site in SITES for row in site.notes["rows"]}
    assert rows >= {f"B{number}" for number in range(1, 21)}


@pytest.mark.parametrize("site", [pytest.param(site, id=site.name) for site in SITES])
def test_site_is_complete(site):
    assert site.notes["why"].endswith(".")
    assert set(site.runs) <= set(RUNS)
    recorded = json.loads(site.golden.read_text("utf-8"))
    assert recorded
    assert set(site.notes.get("improved", {})) <= set(recorded)
    for better in site.notes.get("improved", {}).values():
        assert set(better) == {"value", "why"}


def test_table_is_sound():
    assert list(TABLE.faults(SITES)) == []


def test_rejected_runs_have_no_lines():
    assert not [known.line for known in TABLE.lines if known.run in TABLE.rejected]


# The comparison ---------------------------------------------------------------------------------


def driven(**observations):
    return Driven({name.replace("__", "."): value for name, value in observations.items()}, {})


EXPECTED = {"first": "PNG 20x20 red", "calls.asked": {"at most": 2}, "calls.saved": {"at most": 0}}


def test_differences_of_equal_observations_is_empty():
    same = driven(first="PNG 20x20 red", calls__asked={"at most": 1}, calls__saved={"at most": 0})
    assert differences(EXPECTED, same) == {}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"first": "PNG 20x20 blue"}, {"first"}),
        ({"calls__asked": {"at most": 3}}, {"calls.asked"}),
        ({"more": 1}, {"more"}),
    ],
)
def test_differences_names_what_differs(changes, names):
    same = {"first": "PNG 20x20 red", "calls__asked": {"at most": 2}, "calls__saved": {"at most": 0}}
    assert set(differences(EXPECTED, driven(**{**same, **changes}))) == names


def test_differences_of_a_missing_observation():
    assert set(differences(EXPECTED, driven(calls__asked={"at most": 2}, calls__saved={"at most": 0}))) == {"first"}


def test_differences_of_a_raised_step_are_its_parts():
    raised = driven(first="PNG 20x20 red", calls="raises TypeError")
    assert set(differences(EXPECTED, raised)) == {"calls.asked", "calls.saved"}


def test_differences_of_a_broken_site_is_everything():
    assert set(differences(EXPECTED, Driven({}, {}, "Traceback"))) == {EVERYTHING}


@pytest.mark.parametrize(("observed", "fits"), [(1, True), (2, True), (3, False)])
def test_any_of_several_values_is_as_expected(observed, fits):
    assert is_as_expected({"any of": [1, 2]}, observed) is fits


KNOWN = Known("one", "unsafe", LABELS, ("first",), "IK305", "stale", 7)


def test_known_difference_is_no_contradiction():
    assert list(contradictions({"first": KNOWN}, {"first": "was 1, is 2"}, ["IK305"])) == []


def test_unknown_difference_is_a_contradiction():
    assert list(contradictions({}, {"first": "was 1, is 2"}, [])) == ["first: was 1, is 2"]


def test_repaired_difference_is_a_contradiction():
    (wrong,) = contradictions({"first": KNOWN}, {}, ["IK305"])
    assert "remove it from line 7" in wrong


def test_difference_without_finding_is_a_contradiction():
    (wrong,) = contradictions({"first": KNOWN}, {"first": "was 1, is 2"}, ["IK513"])
    assert "the report has no IK305" in wrong


def test_unnamed_difference_needs_no_finding():
    unnamed = dataclasses.replace(KNOWN, code=UNNAMED)
    assert list(contradictions({"first": unnamed}, {"first": "was 1, is 2"}, [])) == []


TEXT = """\
# comment
faithful rejected

[one]
unsafe all        first,second.part  # IK305 stale
unsafe ik3,ik33   third              # unnamed raises
"""


def test_table_is_read():
    table = Table(TEXT)
    assert table.rejected == {"faithful"}
    assert set(table.failing("one", "unsafe", "ik33")) == {"first", "second.part", "third"}
    assert set(table.failing("one", "unsafe", INSTALLED)) == {"first", "second.part"}
    assert table.failing("two", "unsafe", "ik3") == {}
    assert table.failing("one", "unsafe", "ik3")["third"].code == UNNAMED


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("unsafe all none  # IK305 stale", "no observation"),
        ("unsafe ik9 first  # IK305 stale", "no such environments"),
        ("names all first  # IK305 stale", "has no run"),
        ("unsafe all first  # stale", "no code"),
        ("unsafe all first  # IK305 stale\nunsafe ik3 first  # IK305 stale", "is there twice"),
    ],
)
def test_table_faults_are_found(line, fault):
    site = SITES[0]
    first = min(site.expected())
    table = Table(f"[{site.name}]\n{line.replace('first', first)}\n")
    assert fault in " ".join(table.faults(SITES))


def test_table_of_an_unknown_site_is_a_fault():
    assert "there is no site 'none'" in " ".join(Table("[none]\nunsafe all x  # IK305 stale\n").faults(SITES))


def test_naive_renaming_is_found_out(tmp_path, interpreters):
    """A site whose code loads after a mere renaming differs all the same."""
    site = BehaviourSite("removed_by_hand")
    copy_site(site.project, tmp_path / "site")
    models = tmp_path / "site" / "lab" / "models.py"
    models.write_text(models.read_text().replace("image_field=", "source=").replace(", cache_to='small'", ""))
    found = differences(
        site.expected(), drive(interpreters[INSTALLED], site, tmp_path / "site", tmp_path / "driven.json")
    )
    assert "painted_over.large" in found
    assert "first.large" not in found
