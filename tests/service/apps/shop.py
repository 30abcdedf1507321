"""A small FastAPI application for the tests of the launcher."""

from fastapi import FastAPI

from seawall.service import Service

api = FastAPI()


@api.get("/hello/{name}")
async def hello(name: str) -> dict[str, str]:
    return {"hello": name}


app = Service(api)
