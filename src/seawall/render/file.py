"""What a renderer makes: a file as a value. Who writes it is not a renderer's business."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class File:
    """`path` is relative to the folder that is rendered to, with ``/``; `text` ends with a line break."""

    path: str
    text: str
