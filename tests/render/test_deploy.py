import yaml

from seawall.render.deploy import Found
from tests.render.stacks import one, rendered, text


def test_the_same_stack_gives_the_same_bytes() -> None:
    assert rendered(text()).files == rendered(text()).files


def test_files_are_sorted_one_object_each_and_say_what_made_them() -> None:
    made = rendered(text())
    paths = [each.path for each in made.files]
    assert paths == sorted(paths)
    assert len(set(paths)) == len(paths)
    for each in made.files:
        first, _, rest = each.text.partition("\n")
        assert "Made by 'seawall render' from stack.py" in first
        if each.path.startswith("kubernetes/"):
            (document,) = yaml.safe_load_all(rest)
            if not each.path.endswith("kustomization.yaml"):
                assert each.path.endswith(f"/{document['kind'].lower()}-{document['metadata']['name']}.yaml")


def test_the_kustomization_lists_every_other_file_of_its_folder() -> None:
    made = rendered(text())
    for name in ("dev", "prod"):
        folder = f"kubernetes/{name}/"
        (listed,) = [yaml.safe_load(each.text) for each in made.files if each.path == f"{folder}kustomization.yaml"]
        others = {each.path.removeprefix(folder) for each in made.files if each.path.startswith(folder)}
        assert set(listed["resources"]) == others - {"kustomization.yaml"}
        assert listed["images"] == [{"name": "api", "newName": "ghcr.io/acme/api", "newTag": "unreleased"}]


def test_what_a_build_wrote_about_an_image_is_kept() -> None:
    written = {"name": "api", "newName": "registry.example.com/api", "digest": "sha256:1"}
    made = rendered(text(), Found(images={"prod": {"api": written, "gone": {"name": "gone"}}}))
    by_path = {each.path: yaml.safe_load(each.text) for each in made.files if each.path.endswith(".yaml")}
    assert by_path["kubernetes/prod/kustomization.yaml"]["images"] == [written]
    assert by_path["kubernetes/dev/kustomization.yaml"]["images"][0]["newTag"] == "unreleased"


def test_images_that_the_stack_names_keep_their_registry_and_tag() -> None:
    body = (
        'return [Program("search", image="getmeili/meilisearch:v1.11", port=7700), '
        'Program("cache", image="quay.io/acme/cache:2@sha256:' + "0" * 64 + '", port=1), Postgres("db", version=17)]'
    )
    made = rendered(text(body=body))
    (listed,) = [yaml.safe_load(each.text) for each in made.files if each.path == "kubernetes/dev/kustomization.yaml"]
    assert listed["images"] == [
        {"name": "getmeili/meilisearch", "newName": "docker.io/getmeili/meilisearch", "newTag": "v1.11"},
        {"name": "postgres-17", "newName": "docker.io/library/postgres", "newTag": "17"},
        {"name": "quay.io/acme/cache", "newName": "quay.io/acme/cache", "newTag": "2", "digest": f"sha256:{'0' * 64}"},
    ]
    assert one(made, "dev", "Deployment/search").tree["spec"]["template"]["spec"]["containers"][0]["image"] == (
        "getmeili/meilisearch"
    )
