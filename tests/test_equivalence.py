"""Migrated projects show the pictures that they showed under ImageKit 2: they are run, and compared.

Where a Python 2.7 is there, ImageKit 2 is run again instead of being remembered only, and the migrated
projects are run under ImageKit 3.0 as well:

    IK_MIGRATE_PYTHON2          the interpreter
    IK_MIGRATE_IK2_PACKAGES     a folder with django-imagekit 2.0.4, Django 1.4 to 1.6 and Pillow 6
    IK_MIGRATE_IK3_PACKAGES     a folder with django-imagekit 3.0.4, Django 1.6 to 1.8 and Pillow 6
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from equivalence import (
    ACCEPTED,
    KNOWN_BUGS,
    NAMED_IN_REPORT,
    NOT_LOADED,
    NOT_LOADED_BY_3_0,
    ProbeFailed,
    Site,
    accepted,
    compare,
    golden,
    left_for_a_person,
    migrate,
    probe,
    rename_only,
    sites,
    unexplained,
)

PYTHON2 = os.environ.get("IK_MIGRATE_PYTHON2", "")
IK2_PACKAGES = os.environ.get("IK_MIGRATE_IK2_PACKAGES", "")
IK3_PACKAGES = os.environ.get("IK_MIGRATE_IK3_PACKAGES", "")

TODAY, LIVE, FIRST, NAIVE = "today", "ImageKit 2", "ImageKit 3.0", "naive"
NAIVE_SITES = ("chains", "fit_shapes", "fit_sizes", "stored_pictures")
"""Sites with ResizeToFit that load after a mere renaming, so that only the pictures tell."""


class Runs:
    """Probes, each in a process of its own, as many at a time as there are processors.

    They are started all at once, for a test that waits for one wastes the time of the others.
    """

    def __init__(self, folder):
        self._folder = folder
        self._pool = ThreadPoolExecutor(os.cpu_count())
        self._results: dict[tuple[str, str], Future] = {}
        self._reports: dict[str, Future] = {}

    def close(self):
        self._pool.shutdown(cancel_futures=True)

    def start(self, site, kind):
        """Prepares what a test of this kind will ask for."""
        if (site.name, kind) in self._results:
            return
        if kind in {TODAY, FIRST}:
            project = self._folder / "migrated" / site.name
            if site.name not in self._reports:
                self._reports[site.name] = Future()
                try:
                    self._reports[site.name].set_result(migrate(site, project))
                except Exception as error:  # the tool itself broke down: each test of this site says so
                    self._reports[site.name].set_exception(error)
        elif kind == NAIVE:
            project = self._folder / "renamed" / site.name
            rename_only(site, project)
        else:
            project = site.folder
        output = self._folder / f"{site.name}-{kind}.json"
        python = {LIVE: (PYTHON2, IK2_PACKAGES), FIRST: (PYTHON2, IK3_PACKAGES)}.get(kind, ())
        self._results[site.name, kind] = self._pool.submit(probe, project, site.settings, output, *python)

    def report(self, site):
        return self._reports[site.name].result()

    def result(self, site, kind):
        return self._results[site.name, kind].result()


@pytest.fixture(scope="module")
def runs(request, tmp_path_factory):
    """All that the selected tests of this file will ask for, under way."""
    runs = Runs(tmp_path_factory.mktemp("equivalence"))
    for item in request.session.items:
        kind = KINDS.get(getattr(item, "originalname", ""))
        if kind and item.path == request.path and not _is_skipped(kind):
            runs.start(item.callspec.params["site"], kind)
    yield runs
    runs.close()


def _is_skipped(kind):
    return (kind == LIVE and not (PYTHON2 and IK2_PACKAGES)) or (kind == FIRST and not (PYTHON2 and IK3_PACKAGES))


def each_site(selected=lambda site: True):
    marks = {name: pytest.mark.xfail(strict=True, reason=reason) for name, reason in KNOWN_BUGS.items()}
    return pytest.mark.parametrize(
        "site",
        [pytest.param(site, marks=marks.get(site.name, ()), id=site.name) for site in sites() if selected(site)],
    )


needs_ik2 = pytest.mark.skipif(
    _is_skipped(LIVE), reason="no Python 2.7 with ImageKit 2: set IK_MIGRATE_PYTHON2 and IK_MIGRATE_IK2_PACKAGES"
)
needs_ik3 = pytest.mark.skipif(
    _is_skipped(FIRST), reason="no Python 2.7 with ImageKit 3.0: set IK_MIGRATE_PYTHON2 and IK_MIGRATE_IK3_PACKAGES"
)


def check(site, runs, kind):
    """The migrated site makes the same pictures, or the report says which not."""
    report = runs.report(site)
    assert not report.failed, f"not migrated: {report.failed}"
    left = left_for_a_person(report)
    not_loaded = NOT_LOADED | NOT_LOADED_BY_3_0 if kind == FIRST else NOT_LOADED
    if site.name in not_loaded:
        assert not_loaded[site.name] in left
        with pytest.raises(ProbeFailed):
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
    for site in loading:
        runs.start(site, TODAY)
    differing = (difference for site in loading for difference in compare(site, golden(site), runs.result(site, TODAY)))
    assert any(accepted(difference) == key for difference in differing)


def test_every_site_has_its_golden_result():
    folder = sites()[1].folder.parent
    recorded = {path.name.removesuffix(".ik2.json") for path in folder.glob("*.json")}
    assert recorded == {path.name for path in folder.iterdir() if path.is_dir()}
    assert {*NAMED_IN_REPORT, *NOT_LOADED, *KNOWN_BUGS} <= recorded


KINDS = {
    "test_the_pictures_are_those_of_imagekit_2": TODAY,
    "test_the_pictures_are_those_of_imagekit_2_under_imagekit_3_0": FIRST,
    "test_imagekit_2_makes_what_is_recorded": LIVE,
    "test_a_mere_renaming_is_found_out": NAIVE,
    "test_what_the_report_names_does_differ": TODAY,
}
