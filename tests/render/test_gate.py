import yaml

from seawall.render.deploy import Found
from seawall.render.dockerfile import Ground
from seawall.render.python_image import Code
from tests.render.stacks import rendered, text

API = 'return [Api("api", app="a:b", port=8001)]'


def made(ground: Ground, body: str = API) -> dict[str, str]:
    return {each.path: each.text for each in rendered(text(body=body), Found(ground=ground)).files}


def test_the_scan_of_ci_fails_for_what_is_high_or_critical_and_can_be_mended() -> None:
    file = made(Ground({".": Code("uv.lock")}))["images/trivy.yaml"]
    assert file.startswith("# Made by 'seawall render' from stack.py")
    assert yaml.safe_load(file) == {
        "exit-code": 1,
        "severity": ["CRITICAL", "HIGH"],
        "vulnerability": {"ignore-unfixed": True},
        "scan": {"scanners": ["vuln", "misconfig", "secret"]},
        "image": {"image-config-scanners": ["misconfig", "secret"]},
    }


def test_accepted_findings_are_named_only_where_there_are_some() -> None:
    file = made(Ground({".": Code("uv.lock")}, exceptions=True))["images/trivy.yaml"]
    assert yaml.safe_load(file)["ignorefile"] == ".trivyignore.yaml"


def test_a_stack_whose_images_nobody_builds_has_none() -> None:
    body = 'return [Program("search", image="getmeili/meilisearch:v1.11", port=7700)]'
    assert "images/trivy.yaml" not in made(Ground(), body)
