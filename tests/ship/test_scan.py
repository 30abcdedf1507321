import json

import pytest

from seawall.ship.scan import command, findings

RESULTS = [
    {
        "Target": "api (debian 13.7)",
        "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2", "PkgName": "zlib1g", "InstalledVersion": "1", "Severity": "HIGH"},
            {
                "VulnerabilityID": "CVE-1",
                "PkgName": "libssl3t64",
                "InstalledVersion": "3.5",
                "FixedVersion": "3.6",
                "Severity": "CRITICAL",
            },
        ],
    },
    {
        "Target": "/app/key.py",
        "Secrets": [{"RuleID": "aws-access-key-id", "Severity": "CRITICAL", "Match": "never shown"}],
    },
    {
        "Target": "api",
        "Misconfigurations": [
            {"ID": "DS-0002", "Severity": "HIGH", "Status": "FAIL"},
            {"ID": "DS-0026", "Severity": "LOW", "Status": "PASS"},
        ],
    },
    {"Target": "empty"},
]
REPORT = {"SchemaVersion": 2, "Results": RESULTS}


def test_the_worst_is_first_and_each_says_where_it_is_and_what_mends_it() -> None:
    assert [str(each) for each in findings(json.dumps(REPORT))] == [
        "CRITICAL CVE-1 in libssl3t64 3.5, mended in 3.6",
        "CRITICAL aws-access-key-id in /app/key.py",
        "HIGH CVE-2 in zlib1g 1",
        "HIGH DS-0002 in api",
    ]


def test_what_is_found_in_two_layers_is_one_finding() -> None:
    twice = {"SchemaVersion": 2, "Results": RESULTS * 2}
    assert findings(json.dumps(twice)) == findings(json.dumps(REPORT))


def test_nothing_found_is_a_report_without_results() -> None:
    assert findings('{"SchemaVersion": 2, "Results": null}') == ()
    assert findings('{"SchemaVersion": 2}') == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON"])
def test_what_is_no_report_is_no_pass(text: str) -> None:
    with pytest.raises(ValueError, match=r"report|Expecting"):
        findings(text)


def test_a_scan_is_judged_by_its_report_and_not_by_how_it_ends() -> None:
    words = command("/bin/trivy", "/d/trivy.yaml", "/tmp/image.tar", "/r/api.json")
    assert words[:4] == ("/bin/trivy", "image", "--config", "/d/trivy.yaml")
    assert words[words.index("--exit-code") + 1] == "0"
    assert words[words.index("--output") + 1] == "/r/api.json"
    assert words[-2:] == ("--input", "/tmp/image.tar")
