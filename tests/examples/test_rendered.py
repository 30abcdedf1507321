"""What the examples keep in ``deploy/`` is what their stacks render."""

from pathlib import Path

import pytest

from seawall.cli.deploy_folder import differences, rendered
from seawall.cli.load import load

EXAMPLES = Path(__file__).parents[2] / "examples"
KEPT = ("agnos", "greeter", "microstack", "orion", "shop")


@pytest.mark.parametrize("name", KEPT)
def test_the_rendered_files_are_up_to_date(name: str) -> None:
    loaded = load(str(EXAMPLES / name))
    folder = loaded.folder / "deploy"
    stale = [each.path for each in differences(rendered(loaded, folder).files, folder, ())]
    assert not stale, f"run `seawall render` in examples/{name}"
