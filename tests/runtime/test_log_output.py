import fcntl
import os
import threading

import pytest

from seawall.runtime.log_output import Output


def read_all(descriptor: int) -> bytes:
    """What is in a pipe now."""
    os.set_blocking(descriptor, False)
    chunks: list[bytes] = []
    while True:
        try:
            chunk = os.read(descriptor, 65536)
        except BlockingIOError:
            break
        if not chunk:
            break
        chunks.append(chunk)
    return b"".join(chunks)


def test_a_line_is_there_as_soon_as_it_is_written() -> None:
    reader, writer = os.pipe()
    assert Output(writer).write(b"one")
    assert read_all(reader) == b"one\n"
    os.close(reader)
    os.close(writer)


def test_a_reader_that_is_gone_costs_lines_and_nothing_else() -> None:
    reader, writer = os.pipe()
    output = Output(writer)
    os.close(reader)
    assert not output.write(b"one")
    assert not output.write(b"two")
    assert output.taken() == 2
    assert output.taken() == 0
    os.close(writer)


def test_a_full_disk_costs_lines_and_nothing_else() -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    output = Output(descriptor)
    assert not output.write(b"one")
    assert output.taken() == 1
    os.close(descriptor)


def test_a_torn_line_spoils_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seawall.runtime.log_output._STALLED_SECONDS", 0.01)
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    size = fcntl.fcntl(writer, fcntl.F_GETPIPE_SZ)
    output = Output(writer)
    assert not output.write(b"x" * (size + 10))  # more than fits: its beginning is out
    assert not output.write(b"y")
    assert read_all(reader) == b"x" * size
    assert output.write(b"z")
    assert read_all(reader) == b"\nz\n"
    assert output.taken() == 2
    os.close(reader)
    os.close(writer)


def test_lines_of_several_threads_do_not_mix() -> None:
    reader, writer = os.pipe()
    output = Output(writer)
    lines = {bytes([letter]) * 100 for letter in b"abcd"}

    def write(line: bytes) -> None:
        for _ in range(100):
            output.write(line)

    threads = [threading.Thread(target=write, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = read_all(reader).splitlines()
    assert len(written) == 400
    assert set(written) == lines
    os.close(reader)
    os.close(writer)
