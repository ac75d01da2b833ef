"""What operators are handed for Prometheus and Grafana speaks of figures that there are."""

import json
import re
from collections import defaultdict

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.seeing import expressions
from tests.seeing.asking import ask
from tests.services import ROOT

DEPLOY = ROOT / "deploy"
RULES = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
SCRAPING = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
DASHBOARD = json.loads((DEPLOY / "grafana" / "dashboard.json").read_text())

# What Prometheus itself, and the exporter of the machine, tell.
OTHERS = {"up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
LABELS_OF_SCRAPING = {"job", "instance"}

ALERTS = [rule for group in RULES["groups"] for rule in group["rules"]]
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
EXPRESSIONS = {
    **{rule["alert"]: rule["expr"] for rule in ALERTS},
    **{
        f"{panel['title']} {target['refId']}": target["expr"]
        for panel in PANELS
        for target in panel["targets"]
    },
}


@pytest.fixture(scope="module")
def exported(running):
    """Every value of every label of each metric, as Django and a worker tell it."""
    for path in ("/messages/", "/messages/send_message_api/"):
        ask(running.django.port, path)
    found = defaultdict(lambda: defaultdict(set))
    for process in (running.django, *running.workers):
        for family in text_string_to_metric_families(ask(process.port, "/metrics").text):
            for sample in family.samples:
                found[sample.name]
                for label, value in sample.labels.items():
                    found[sample.name][label].add(value)
    assert len(found) > 50
    return found


def test_there_is_something_to_look_at():
    assert len(ALERTS) > 20
    assert len(PANELS) > 20
    assert len(EXPRESSIONS) == len(ALERTS) + sum(len(panel["targets"]) for panel in PANELS)


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_asks_for_what_there_is(name, exported):
    expression = EXPRESSIONS[name]
    wanted = expressions.metrics(expression) - OTHERS
    assert wanted <= exported.keys(), wanted - exported.keys()
    for matcher in expressions.matchers(expression):
        if matcher.metric in OTHERS or matcher.label in LABELS_OF_SCRAPING:
            continue
        assert matcher.label in exported[matcher.metric], matcher
        if matcher.operator == "=":
            assert matcher.value in exported[matcher.metric][matcher.label], matcher
    known = {label for metric in wanted for label in exported[metric]}
    # Of what was never counted no label is known yet.
    counted = all(exported[metric] for metric in wanted)
    assert not counted or expressions.labels(expression) <= known | LABELS_OF_SCRAPING


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_an_expression_is_whole(name):
    bare = expressions.STRING.sub("", EXPRESSIONS[name])
    for opened, closed in ("()", "[]", "{}"):
        assert bare.count(opened) == bare.count(closed)


@pytest.mark.parametrize(
    ("expression", "metrics"),
    [
        ('sum by (le) (rate(one_bucket{a="b, c{d}"}[5m])) > 0.25', {"one_bucket"}),
        ('up{job="x"} == 0 or (vector(1) - two_total)', {"up", "two_total"}),
        ("increase(three[$__rate_interval]) > 1e9 * 0.1", {"three"}),
    ],
)
def test_names_are_found_in_expressions(expression, metrics):
    assert expressions.metrics(expression) == metrics


def test_what_is_asked_for_wrongly_is_found():
    wrong = 'sum(rate(privatemessages_handshakes_refused_total{why="origin"}[5m]))'
    [matcher] = expressions.matchers(wrong)
    assert (matcher.metric, matcher.label) == ("privatemessages_handshakes_refused_total", "why")


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_bad_it_is_and_why_its_threshold_is_there(rule):
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert set(rule["annotations"]) == {"summary", "description"}
    assert len(rule["annotations"]["description"]) > 60
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s"))


def test_every_alert_has_its_place_in_the_document():
    document = (ROOT / "docs" / "deploying.md").read_text()
    assert not [rule["alert"] for rule in ALERTS if f"`{rule['alert']}`" not in document]


def test_the_example_scrapes_what_is_deployed():
    jobs = {
        job["job_name"]: [target for entry in job["static_configs"] for target in entry["targets"]]
        for job in SCRAPING["scrape_configs"]
    }
    gunicorn = (DEPLOY / "gunicorn.conf.py").read_text()
    supervisor = (DEPLOY / "supervisor" / "privatemessages.conf").read_text()
    [django] = jobs["privatemessages-django"]
    assert f'"{django}"' in gunicorn
    count = int(re.search(r"^numprocs=(\d+)", supervisor, re.MULTILINE)[1])
    assert "888%(process_num)d" in supervisor
    assert jobs["privatemessages-workers"] == [f"127.0.0.1:888{number}" for number in range(count)]
    assert SCRAPING["rule_files"] == ["alerts.yml"]


def test_jobs_in_rules_are_those_of_the_example():
    named = {
        matcher.value
        for rule in ALERTS
        for matcher in expressions.matchers(rule["expr"])
        if matcher.label == "job"
    }
    assert named
    assert named <= {job["job_name"] for job in SCRAPING["scrape_configs"]}


def test_the_dashboard_has_rows_and_panels_that_do_not_collide():
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["People", "Road of a message", "Health"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells


def test_every_panel_asks_the_chosen_prometheus_and_has_a_unit():
    [variable] = DASHBOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    chosen = {"type": "prometheus", "uid": f"${{{variable['name']}}}"}
    for panel in PANELS:
        assert panel["datasource"] == chosen
        assert all(target["datasource"] == chosen for target in panel["targets"])
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        assert panel["description"]
        refs = [target["refId"] for target in panel["targets"]]
        assert len(set(refs)) == len(refs)
