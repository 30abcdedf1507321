"""The application that `bench/service.py` serves, bare and in the chassis."""

from fastapi import FastAPI
from pydantic import BaseModel

from seawall.service import Service


class Order(BaseModel):
    item: str
    quantity: int
    note: str = ""


api = FastAPI()


@api.get("/hello/{name}")
async def hello(name: str) -> dict[str, str]:
    return {"hello": name}


@api.post("/orders", status_code=202)
async def create(order: Order) -> Order:
    return order


app = Service(api)
