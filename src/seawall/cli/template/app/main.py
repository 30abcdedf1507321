"""The API: notes, whose words the worker counts."""

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from app.jobs import count_words
from seawall.service import Service
from seawall.service.fastapi import Connection, answer_problems

api = FastAPI(title="my-project")
answer_problems(api)


class NewNote(BaseModel):
    text: str = Field(min_length=1, max_length=10_000)


class Note(BaseModel):
    id: int
    text: str
    words: int | None  # None until the worker has counted them


@api.get("/")
async def index() -> dict[str, str]:
    return {"name": "my-project", "try": "/docs"}


@api.post("/notes", status_code=201)
async def write(new: NewNote, db: Connection) -> Note:
    async with db.transaction():  # the note and its job are written together, or neither is
        [note] = await db.fetch("insert into notes (text) values ($1) returning id, text, words", new.text)
        await count_words.options(connection=db).enqueue(note["id"])
    return Note(**note)


@api.get("/notes/{note_id}")
async def read(note_id: int, db: Connection) -> Note:
    rows = await db.fetch("select id, text, words from notes where id = $1", note_id)
    if not rows:
        raise HTTPException(404, "there is no such note")
    return Note(**rows[0])


app = Service(api)
