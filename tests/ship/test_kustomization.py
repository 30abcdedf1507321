import yaml

from seawall.ship.kustomization import entry, updated
from tests.render.stacks import rendered, text

DIGEST = f"sha256:{'0' * 64}"


def test_only_the_images_that_were_built_change() -> None:
    made = rendered(
        text(body='return [Api("api", app="a:b", port=8001), Api("b", app="a:b", port=8002), Postgres("db")]')
    )
    (before,) = [each.text for each in made.files if each.path == "kubernetes/dev/kustomization.yaml"]
    after = updated(before, {"api": entry("api", "r.example/api", "c0ffee", DIGEST), "other": {"name": "other"}})
    changed = [(old, new) for old, new in zip(before.splitlines(), after.splitlines(), strict=False) if old != new]
    assert changed[0] == ("  newName: ghcr.io/acme/api", "  newName: r.example/api")
    images = {each["name"]: each for each in yaml.safe_load(after)["images"]}
    assert images["api"] == {"name": "api", "newName": "r.example/api", "newTag": "c0ffee", "digest": DIGEST}
    assert images.keys() == {"api", "b", "postgres-18"}
    assert images["b"]["newTag"] == "unreleased"


def test_a_digest_of_the_image_before_goes() -> None:
    text = "# made\nkind: Kustomization\nimages:\n- {name: api, newTag: old, digest: sha256:1}\n"
    after = updated(text, {"api": entry("api", "api", "new", "")})
    assert after == "# made\nkind: Kustomization\nimages:\n- name: api\n  newName: api\n  newTag: new\n"
