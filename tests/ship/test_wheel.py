import pytest

from seawall.ship.wheel import origin, requirement


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        (None, "seawall==1.2"),
        ('{"url": "file:///home/ada/sea%20wall", "dir_info": {"editable": true}}', "/home/ada/sea wall"),
        ('{"url": "https://example.com/seawall-1.2.whl", "archive_info": {}}', "https://example.com/seawall-1.2.whl"),
        (
            '{"url": "https://example.com/seawall", "vcs_info": {"vcs": "git", "commit_id": "c0ffee"}}',
            "git+https://example.com/seawall@c0ffee",
        ),
    ],
)
def test_pip_gets_it_from_where_it_came(record: str | None, wanted: str) -> None:
    assert requirement(record, "1.2") == wanted


def test_the_one_that_runs_came_from_somewhere() -> None:
    assert origin()
