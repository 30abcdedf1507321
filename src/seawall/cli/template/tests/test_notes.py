from fastapi.testclient import TestClient

from app.jobs import count_words


def test_a_note_is_kept(client: TestClient) -> None:
    answer = client.post("/notes", json={"text": "so long"})
    assert answer.status_code == 201
    note = answer.json()
    assert client.get(f"/notes/{note['id']}").json() == {"id": note["id"], "text": "so long", "words": None}


def test_the_worker_counts_words(client: TestClient) -> None:
    note = client.post("/notes", json={"text": "and thanks  for all the fish"}).json()
    assert client.portal is not None
    client.portal.call(count_words, note["id"])  # a job is a function
    assert client.get(f"/notes/{note['id']}").json()["words"] == 6


def test_a_note_that_is_not_there_is_a_404(client: TestClient) -> None:
    assert client.get("/notes/0").status_code == 404


def test_an_empty_note_is_refused(client: TestClient) -> None:
    assert client.post("/notes", json={"text": ""}).status_code == 422
