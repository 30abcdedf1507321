"""What the environment says to the API: its configuration, and its secrets."""

import os
from functools import cache
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    """Each is the variable of its name in capitals; no value stands in an error or a log."""

    model_config = ConfigDict(alias_generator=str.upper, hide_input_in_errors=True)

    greeting: str = Field(default="Hello", min_length=1)
    timezone_offset: float = Field(default=0, ge=-12, le=14)  # hours
    dummy_api_key: SecretStr = Field(min_length=1)
    secret_message: SecretStr


@cache
def settings() -> Settings:
    """Read once.

    Raises:
        pydantic.ValidationError: all that is missing or wrong.
    """
    return Settings.model_validate(dict(os.environ))


Configured = Annotated[Settings, Depends(settings)]
