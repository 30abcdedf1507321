from tests.platform.stacks import COUNT, given_by, thirty, wanted


def test_there_are_thirty() -> None:
    assert len(thirty()) == COUNT


def test_every_argument_of_the_model_is_given_somewhere() -> None:
    assert sorted(wanted().difference(*map(given_by, thirty()))) == []
