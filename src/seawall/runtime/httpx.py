"""httpx, the user's own, with requests that pass the trace on: ``from seawall.runtime.httpx import AsyncClient``.

The only module that imports httpx. Where the process is traced, each request is a span of it.
"""

from typing import Any

import httpx

from seawall.runtime import traces


class AsyncClient(httpx.AsyncClient):
    """`httpx.AsyncClient`, traced."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has them
        """Send a request with the headers that pass the trace on; see `httpx.AsyncClient.send`."""
        with traces.call(request.method, str(request.url)) as call:
            request.headers.update(call.headers)
            response = await super().send(request, **options)
            call.answered(response.status_code)
            return response


class Client(httpx.Client):
    """`httpx.Client`, traced."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # noqa: ANN401 - as httpx has them
        """Send a request with the headers that pass the trace on; see `httpx.Client.send`."""
        with traces.call(request.method, str(request.url)) as call:
            request.headers.update(call.headers)
            response = super().send(request, **options)
            call.answered(response.status_code)
            return response
