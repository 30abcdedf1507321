from dataclasses import replace

from seawall.ship.image import Build, build, digest, opened, pushes, reason, saved

DIGEST = f"sha256:{'a' * 64}"
IMAGE = Build("api", "ghcr.io/acme/api", ("c0ffee", "latest"), "d/a.Dockerfile", ".", "api", "c0ffee")
TWO = replace(IMAGE, platforms=("linux/amd64", "linux/arm64"))


def test_docker_builds_one_stage_and_tells_it_the_release() -> None:
    assert build("docker", "/bin/docker", IMAGE) == (
        *("/bin/docker", "buildx", "build", "--file", "d/a.Dockerfile", "--target", "api"),
        *("--build-arg", "SEAWALL_RELEASE=c0ffee", "--load"),
        *("--tag", "ghcr.io/acme/api:c0ffee", "--tag", "ghcr.io/acme/api:latest", "."),
    )
    assert pushes("docker", "docker", IMAGE, "f") == (
        ("docker", "push", "ghcr.io/acme/api:c0ffee"),
        ("docker", "push", "ghcr.io/acme/api:latest"),
    )


def test_without_a_cache_public_images_are_pulled_too() -> None:
    for engine in ("docker", "podman"):
        for no_cache in (False, True):
            words = build(engine, engine, replace(IMAGE, no_cache=no_cache))
            assert ("--pull" in words, "--no-cache" in words) == (no_cache, no_cache)


def test_docker_pushes_several_platforms_while_it_builds() -> None:
    words = build("docker", "docker", TWO, pushed_to="f")
    assert words[words.index("--platform") + 1] == "linux/amd64,linux/arm64"
    assert words[words.index("--push") : words.index("--tag")] == ("--push", "--metadata-file", "f")


def test_podman_is_told_what_docker_finds_by_itself() -> None:
    words = build("podman", "podman", IMAGE)
    assert words[words.index("--ignorefile") + 1] == "d/a.Dockerfile.dockerignore"
    assert words[words.index("--format") + 1] == "docker"
    assert words[words.index("--env") + 1] == "SEAWALL_RELEASE=c0ffee"
    assert pushes("podman", "podman", IMAGE, "f")[1] == (
        *("podman", "push", "--digestfile", "f", "ghcr.io/acme/api:c0ffee", "docker://ghcr.io/acme/api:latest"),
    )


def test_podman_keeps_several_platforms_under_one_name() -> None:
    words = build("podman", "podman", TWO)
    assert words[words.index("--manifest") + 1] == "ghcr.io/acme/api:c0ffee"
    assert "--tag" not in words
    for each in pushes("podman", "podman", TWO, "f"):
        assert each[1:4] == ("manifest", "push", "--all")


def test_a_container_is_made_of_the_first_platform_and_removed() -> None:
    created, exported, removed = opened("docker", TWO, "name")
    assert created[1:4] == ("create", "--platform", "linux/amd64")
    assert exported == ("docker", "export", "name")
    assert removed == ("docker", "rm", "--force", "name")


def test_an_image_is_saved_by_its_first_name() -> None:
    assert saved("podman", IMAGE, "f.tar") == ("podman", "save", "--output", "f.tar", "ghcr.io/acme/api:c0ffee")


def test_a_digest_is_read_as_each_engine_writes_it() -> None:
    assert digest(f"latest: digest: sha256:{'b' * 64} size: 1\nc0ffee: digest: {DIGEST} size: 1578") == DIGEST
    assert digest(f'{{"containerimage.digest": "{DIGEST}"}}') == DIGEST
    assert digest(DIGEST) == DIGEST
    assert digest("pushed") == digest("[]") == digest(f"layer {DIGEST}: pushed") == ""


DOCKER = """#5 1.233 ModuleNotFoundError: No module named 'nothing'
#5 ERROR: process "python -c ..." did not complete successfully: exit code: 1
------
 > [python_packages 2/5] RUN ["python", "-c", "import nothing"]:
1.222 Traceback (most recent call last):
1.233 ModuleNotFoundError: No module named 'nothing'
------
Dockerfile:2
--------------------
   2 | >>> RUN ["python", "-c", "import nothing"]
--------------------
ERROR: failed to solve: process "python -c ..." did not complete successfully: exit code: 1
"""
PODMAN = """STEP 2/2: RUN ["python", "-c", "import nothing"]
Traceback (most recent call last):
ModuleNotFoundError: No module named 'nothing'
Error: building at STEP "RUN python -c import nothing": while running runtime: exit status 1
"""


def test_a_build_failed_for_what_its_step_wrote_last() -> None:
    wrote = "ModuleNotFoundError: No module named 'nothing'"
    assert reason(DOCKER.splitlines()) == f"{wrote} (step python_packages 2/5)"
    assert reason(PODMAN.splitlines()) == wrote


def test_else_for_what_the_engine_calls_an_error() -> None:
    silent = [line for line in DOCKER.splitlines() if not line.startswith("1.")]
    assert reason(silent).startswith("ERROR: failed to solve")
    assert reason(PODMAN.splitlines()[::3]).startswith("Error: building at STEP")
    assert reason(["denied: requested access is denied", "", "bye"]) == "denied: requested access is denied"
    assert reason(["a", "b"]) == "b"
    assert reason([]) == ""
