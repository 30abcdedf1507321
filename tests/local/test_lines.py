from seawall.local.lines import LINE_LIMIT, Lines


async def test_a_line_that_does_not_end_is_passed_on_before_it_fills_the_memory() -> None:
    heard: list[int] = []
    lines = Lines(lambda line: heard.append(len(line)))
    for _ in range(5):
        lines.data_received(b"x" * (LINE_LIMIT // 2))
    assert heard == [LINE_LIMIT, LINE_LIMIT]
    lines.connection_lost(None)
    assert heard == [LINE_LIMIT, LINE_LIMIT, LINE_LIMIT // 2]


async def test_an_empty_line_is_a_line() -> None:
    heard: list[str] = []
    lines = Lines(heard.append)
    lines.data_received(b"\n\r\nend\n")
    lines.connection_lost(None)
    assert heard == ["", "", "end"]
