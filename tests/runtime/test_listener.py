import socket

import httpx
import pytest

from seawall.errors import SeawallError
from seawall.runtime.endpoints import Endpoints
from seawall.runtime.health import Health
from seawall.runtime.listener import Listener
from tests.support.cluster import free_port


async def test_it_serves_in_the_running_loop_until_it_is_closed() -> None:
    port = free_port()
    listener = Listener(Endpoints(Health(started=True)), "127.0.0.1", port)
    await listener.open()
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
        response = await http.get("/live")
        assert (response.status_code, response.json()) == (200, {"status": "live"})
        await listener.close()
        with pytest.raises(httpx.TransportError):
            await http.get("/live")
    await listener.close()  # once more is no error


async def test_a_port_that_is_taken_says_which_variable_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SeawallError) as caught:
            await Listener(Endpoints(Health()), "127.0.0.1", port).open()
    problem = caught.value.problems[0]
    assert problem.code == "SW302"
    assert str(port) in problem.message
    assert "METRICS_PORT" in problem.message
    assert "METRICS_PORT" in problem.fix


async def test_the_port_is_free_again_at_once() -> None:
    port = free_port()
    for _ in range(3):
        listener = Listener(Endpoints(Health()), "127.0.0.1", port)
        await listener.open()
        async with httpx.AsyncClient() as http:
            assert (await http.get(f"http://127.0.0.1:{port}/live")).status_code == 200
        await listener.close()
