"""The parts of the HTML report; `ik_migrate.reports.html_report` puts them together."""
