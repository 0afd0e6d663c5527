"""Migrated projects show the pictures that they showed under ImageKit 2: they are run, and compared.

Where ``interpreters.py`` finds them, ImageKit 2 is run again instead of being remembered only, and the migrated
projects are run under ImageKit 3.0 as well.
"""

from __future__ import annotations

import dataclasses

import pytest
from equivalence import (
    ACCEPTED,
    KNOWN_BUGS,
    NAMED_IN_REPORT,
    NOT_LOADED,
    Site,
    accepted,
    compare,
    golden,
    migrate_site,
    probe,
    rename_only,
    sites,
    unexplained,
)
from interpreters import IMAGEKIT_2, INSTALLED, JobFailed, find_interpreters
from migrating import Migration
from shared_results import SharedResults

TODAY, LIVE, FIRST, NAIVE = "today", "ImageKit 2", "ImageKit 3.0", "naive"
NAIVE_SITES = ("chains", "fit_shapes", "fit_sizes", "stored_pictures")
"""Sites with ResizeToFit that load after a mere renaming, so that only the pictures tell."""

INTERPRETERS = find_interpreters()
INTERPRETER_OF = {TODAY: INSTALLED, NAIVE: INSTALLED, LIVE: IMAGEKIT_2, FIRST: "ik3"}


class Runs:
    """Migrations and probes, each made once in a test run."""

    def __init__(self, results):
        self._results = results

    def migration(self, site):
        """What ``apply`` said of a site; the migrated copy is among the results."""
        tool = INTERPRETERS[INSTALLED]
        made = self._results.get(
            f"migrated-{site.name}",
            lambda: dataclasses.asdict(migrate_site(tool, site, self._folder(site, TODAY))),
        )
        return Migration(**made)

    def result(self, site, kind):
        """What the probe saw.

        Raises:
            JobFailed: when the project could not be loaded.
        """
        if kind in {TODAY, FIRST}:
            self.migration(site)
        result = self._results.get(f"{site.name}-{kind}", lambda: self._probe(site, kind))
        if "failed" in result:
            raise JobFailed(result["failed"])
        return result

    def _folder(self, site, kind):
        return self._results.folder / {TODAY: "migrated", FIRST: "migrated", NAIVE: "renamed"}[kind] / site.name

    def _probe(self, site, kind):
        if kind == NAIVE:
            rename_only(site, self._folder(site, kind))
        project = site.folder if kind == LIVE else self._folder(site, kind)
        output = self._results.folder / f"{site.name}-{kind}.probe"
        try:
            return probe(INTERPRETERS[INTERPRETER_OF[kind]], project, site.settings, output)
        except JobFailed as error:
            return {"failed": str(error)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    yield Runs(SharedResults.for_session(tmp_path_factory, "equivalence"))
    for interpreter in INTERPRETERS.values():
        interpreter.close()


def each_site(selected=lambda site: True):
    marks = {name: pytest.mark.xfail(strict=True, reason=reason) for name, reason in KNOWN_BUGS.items()}
    return pytest.mark.parametrize(
        "site",
        [pytest.param(site, marks=marks.get(site.name, ()), id=site.name) for site in sites() if selected(site)],
    )


needs_ik2 = pytest.mark.skipif(IMAGEKIT_2 not in INTERPRETERS, reason="no ImageKit 2: see interpreters.py")
needs_ik3 = pytest.mark.skipif("ik3" not in INTERPRETERS, reason="no ImageKit 3.0: see interpreters.py")


def check(site, runs, kind):
    """The migrated site makes the same pictures, or the report says which not."""
    migration = runs.migration(site)
    assert not migration.refusal, f"not migrated: {migration.refusal}"
    left = set(migration.codes)
    if site.name in NOT_LOADED:
        assert NOT_LOADED[site.name] in left
        with pytest.raises(JobFailed):
            runs.result(site, kind)
        return
    after = runs.result(site, kind)
    differing = unexplained(site, golden(site), after)
    assert not differing, "not as under ImageKit 2:\n" + "\n".join(map(str, differing))
    assert left >= set(NAMED_IN_REPORT.get(site.name, {}).values()), "the report does not say what differs"


@each_site(lambda site: not site.is_python2_only)
def test_the_pictures_are_those_of_imagekit_2(site, runs):
    check(site, runs, TODAY)


@needs_ik3
@each_site()
def test_the_pictures_are_those_of_imagekit_2_under_imagekit_3_0(site, runs):
    check(site, runs, FIRST)


@needs_ik2
@pytest.mark.parametrize("site", [pytest.param(site, id=site.name) for site in sites()])
def test_imagekit_2_makes_what_is_recorded(site, runs):
    assert [str(difference) for difference in compare(site, golden(site), runs.result(site, LIVE))] == []


@pytest.mark.parametrize("site", [pytest.param(Site(name), id=name) for name in NAIVE_SITES])
def test_a_mere_renaming_is_found_out(site, runs):
    differing = unexplained(site, golden(site), runs.result(site, NAIVE))
    assert {difference.what for difference in differing} >= {"size"}
    assert any(difference.source == "alpha" for difference in differing), "small pictures are enlarged"


@pytest.mark.parametrize("site", [pytest.param(Site(name), id=name) for name in sorted(NAMED_IN_REPORT)])
def test_what_the_report_names_does_differ(site, runs):
    differing = {difference.field for difference in compare(site, golden(site), runs.result(site, TODAY))}
    assert differing >= set(NAMED_IN_REPORT[site.name]), "an entry of NAMED_IN_REPORT is not needed any more"


@pytest.mark.parametrize("key", sorted(ACCEPTED))
def test_what_is_accepted_does_occur(key, runs):
    loading = [site for site in sites() if site.name not in {*NOT_LOADED, *KNOWN_BUGS} and not site.is_python2_only]
    differing = (difference for site in loading for difference in compare(site, golden(site), runs.result(site, TODAY)))
    assert any(accepted(difference) == key for difference in differing)


def test_every_site_has_its_golden_result():
    folder = sites()[1].folder.parent
    recorded = {path.name.removesuffix(".ik2.json") for path in folder.glob("*.json")}
    assert recorded == {path.name for path in folder.iterdir() if path.is_dir()}
    assert {*NAMED_IN_REPORT, *NOT_LOADED, *KNOWN_BUGS} <= recorded
