import json
import re

import pytest

from seawall.render.deploy import Found
from seawall.render.dockerfile import Dockerfile, Ground
from seawall.render.python_image import Code
from tests.render.stacks import rendered, text

DIGEST = f"sha256:{'0' * 64}"
BODY = """return [
        Worker("worker", jobs="a:jobs", uses=[db], source="jobs/night", metrics_port=9000, readiness="/health"),
        Api("api", app="a:app", port=8001), Api("admin", app="a:admin", port=8002, image="acme/back"), db,
        Site("pages", root="web/dist"), Program("search", image="getmeili/meilisearch:v1.11", port=7700)]"""
CODE = {".": Code("uv.lock"), "jobs/night": Code("requirements.txt", "3.12", wheels=True)}


def made(more: str = "", body: str = BODY, ground: Ground | None = None) -> dict[str, Dockerfile]:
    found = Found(ground=ground or Ground(CODE))
    return {each.name: each for each in rendered(text(more, f'db = Postgres("db")\n    {body}'), found).dockerfiles}


def stages(dockerfile: Dockerfile) -> dict[str, str]:
    """The lines of each stage, by its name; a line that goes on is one."""
    whole = "\n".join(dockerfile.lines).replace("\\\n", "")
    found = re.split(r"^FROM (\S+) AS (\S+)$", whole, flags=re.MULTILINE)
    return {name: f"FROM {base}\n{lines}" for base, name, lines in zip(*(found[i::3] for i in (1, 2, 3)), strict=True)}


def test_one_dockerfile_a_folder_and_one_target_an_image() -> None:
    found = made()
    assert {name: each.context for name, each in found.items()} == {
        "bakery": ".",
        "jobs-night": "jobs/night",
        "pages": "web/dist",
    }
    assert [(each.name, each.image) for each in found["bakery"].targets] == [("admin", "acme/back"), ("api", "api")]
    for each in found.values():
        assert {target.name for target in each.targets} <= stages(each).keys()


def test_files_say_what_made_them_and_what_stays_out() -> None:
    files = {each.path: each.text for each in rendered(text(), Found(ground=Ground(CODE))).files}
    assert files["images/bakery.Dockerfile"].startswith("# Made by 'seawall render' from stack.py")
    ignored = files["images/bakery.Dockerfile.dockerignore"].splitlines()
    assert ignored[0].startswith("# Made by")
    assert {"**/.env", "**/.git", "tests", "secrets"} <= set(ignored)


def test_pages_of_a_site_are_in_no_image_of_python() -> None:
    assert "web/dist" in made()["bakery"].ignored
    assert "web/dist" not in made()["jobs-night"].ignored


def test_a_folder_without_a_lock_has_no_dockerfile() -> None:
    assert made(ground=Ground({})).keys() == {"pages"}


@pytest.mark.parametrize(
    ("code", "command", "bound"),
    [
        (Code("uv.lock"), "uv sync --frozen --no-dev --no-install-project", {"uv.lock", "pyproject.toml"}),
        (Code("pylock.toml"), "uv pip install --requirements pylock.toml", {"pylock.toml"}),
        (
            Code("requirements.txt"),
            "uv pip install --require-hashes --requirements requirements.txt",
            {"requirements.txt"},
        ),
        (
            Code("pylock.toml", wheels=True),
            "uv pip install --requirements pylock.toml",
            {"pylock.toml", "wheels"},
        ),
    ],
)
def test_what_the_lock_lists_is_a_layer_of_its_own(code: Code, command: str, bound: set[str]) -> None:
    packages = stages(made(ground=Ground({".": code}))["bakery"])["python_packages"]
    (line,) = [each for each in packages.splitlines() if json.dumps(command.split()) in each]
    assert set(re.findall(r"type=bind,source=([^,]+),target=/app/", line)) == bound
    assert "COPY" not in packages


def test_the_wheel_of_seawall_is_installed_from_its_folder_and_left_there() -> None:
    found = made()
    assert found["jobs-night"].wheels
    own = stages(found["jobs-night"])
    assert '"--no-index", "--no-deps", "--find-links", "wheels", "seawall"' in own["python_packages"]
    assert "rmtree('wheels')" in own["application_files"]
    assert not found["bakery"].wheels
    assert "wheels" not in "\n".join(found["bakery"].lines)


def test_the_python_of_the_project_or_debians_in_an_empty_image() -> None:
    assert "FROM python:3.12-slim\n" in stages(made()["jobs-night"])["python_base"]
    minimal = stages(made(", minimal_images=True", ground=Ground({".": Code("uv.lock")}))["bakery"])
    assert minimal["python_base"].startswith("FROM scratch\n")
    assert "libpython3.13-stdlib" in minimal["root_files"]
    for name in ("python_base", "python_packages", "application_files", "application_base", "api"):
        for command in re.findall(r"^(?:RUN|CMD) (?:--mount=\S+\s+)*(.*)$", minimal[name], re.MULTILINE):
            assert isinstance(json.loads(command), list), "there is no shell"


def test_no_image_names_an_architecture() -> None:
    for more in ("", ", minimal_images=True"):
        for each in made(more).values():
            assert not re.search(r"x86|amd64|aarch|arm64", "\n".join(each.lines))


def test_public_images_have_the_digest_that_is_locked() -> None:
    locked = dict.fromkeys(("python:3.13-slim", "ghcr.io/astral-sh/uv:0.13", "caddy:2"), DIGEST)
    found = made(ground=Ground({".": Code("uv.lock")}, locked))
    assert f"FROM python:3.13-slim@{DIGEST}\n" in stages(found["bakery"])["python_base"]
    assert f"from=ghcr.io/astral-sh/uv:0.13@{DIGEST}," in "\n".join(found["bakery"].lines)
    assert f"FROM caddy:2@{DIGEST}\n" in stages(found["pages"])["caddy_program"]


def test_each_image_starts_its_own_service_as_nobody_in_particular() -> None:
    found = made()
    shared, api = (stages(found["bakery"])[name] for name in ("application_base", "api"))
    assert shared.rstrip().endswith("USER 10001:10001")
    assert "USER" not in api
    assert api.startswith("FROM application_base\n")
    assert 'CMD ["python", "-m", "seawall.service", "a:app"]' in api
    assert "ENV PORT=8001 METRICS_PORT=9091" in api
    assert "os.environ['PORT']" in api
    assert "'GET', '/ready'" in api
    worker = stages(found["jobs-night"])["worker"]
    assert 'CMD ["python", "-m", "seawall.jobs", "a:jobs"]' in worker
    assert "EXPOSE 9000" in worker
    assert "'GET', '/health'" in worker
    pages = stages(found["pages"])["pages"]
    assert pages.startswith("FROM scratch\n")
    assert "USER 10001:10001" in pages


def test_the_release_is_told_last_so_that_it_costs_no_layer() -> None:
    for dockerfile in made().values():
        for target in dockerfile.targets:
            own = stages(dockerfile)[target.name]
            _, release = own.split("ARG SEAWALL_RELEASE", 1)
            assert "ENV SEAWALL_RELEASE=$SEAWALL_RELEASE" in release
            assert not re.search(r"^(COPY|RUN)", release, re.MULTILINE)


def test_names_that_would_be_the_same_are_told_apart() -> None:
    body = """return [
        Api("api", app="a:b", port=8001), Api("two", app="a:b", port=8002, source="Bakery"),
        Api("three", app="a:b", port=8003, source="a b"), Api("four", app="a:b", port=8004, source="a-b"),
        Site("a-b", root="web")]"""
    folders = (".", "Bakery", "a b", "a-b")
    found = made(body=body, ground=Ground(dict.fromkeys(folders, Code("uv.lock"))))
    assert {each.context: name for name, each in found.items()} == {
        ".": "bakery", "Bakery": "bakery-2", "a b": "a-b-2", "a-b": "a-b-3", "web": "a-b",
    }  # fmt: skip
