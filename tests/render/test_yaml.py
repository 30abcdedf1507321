import shutil
import subprocess
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seawall.render.yaml import dump, scalar

TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    [
        "yes",
        "No",
        "on",
        "NULL",
        "~",
        "1e5",
        "0x1F",
        "1:30",
        "2026-11-21",
        ".inf",
        "=",
        "<<",
        "a: b",
        "a #b",
        "- a",
        "a:",
        "%",
        "-m",
        "---",
        "-a: b",
        "-x:",
        "100m",
        "1.5Gi",
        "1_0",
        "25%",
        "-.inf",
    ]
)
SCALARS = TEXT | st.integers(-(2**63), 2**63) | st.booleans() | st.none()
TREES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(st.dictionaries(TEXT, TREES))
def test_what_is_written_is_read_back(tree: dict[str, Any]) -> None:
    if not tree:
        return
    assert yaml.safe_load(dump(tree)) == tree


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Z"]) | st.just("\n"), max_size=60))
def test_text_of_several_lines_is_read_back(text: str) -> None:
    assert yaml.safe_load(dump({"a": {"b": text}, "list": [text]})) == {"a": {"b": text}, "list": [text]}


def test_a_manifest_reads_as_people_write_it() -> None:
    tree = {
        "kind": "Deployment",
        "spec": {
            "replicas": 2,
            "paused": False,
            "ports": [{"name": "http", "containerPort": 80}, 9],
            "none": [],
            "no": {},
        },
        "args": ["run", "--config=/etc/a.json", "yes", "8080", "25%"],
        "nested": [["a", "b"], []],
        "text": "one\n\n  two\n",
    }
    assert dump(tree) == (
        "kind: Deployment\n"
        "spec:\n  replicas: 2\n  paused: false\n  ports:\n  - name: http\n    containerPort: 80\n  - 9\n  none: []\n"
        '  "no": {}\n'
        'args:\n- run\n- --config=/etc/a.json\n- "yes"\n- "8080"\n- 25%\n'
        "nested:\n-\n  - a\n  - b\n- []\n"
        "text: |\n  one\n\n    two\n"
    )


@pytest.mark.parametrize("value", [{1}, b"bytes", object()])
def test_what_is_no_value_of_a_manifest_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        scalar(value)


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl here; PyYAML reads the same above")
def test_kubectl_reads_the_same() -> None:
    data = {"a": "yes", "b": "1e5", "c": "x: y # z", "d": "one\ntwo\n", "e": "\x7f\u2028é", "f": "~", "g": "012"}
    text = dump({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "x"}, "data": data})
    command = ["kubectl", "create", "--dry-run=client", "--validate=false", "-o", "json", "-f", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if "connection refused" in done.stderr:
        pytest.skip("this kubectl asks a server even for a dry run")
    assert yaml.safe_load(done.stdout)["data"] == data
