"""What every shape of a pack's files is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from yice.rules.words import Words

Text = Annotated[str, StringConstraints(min_length=1, max_length=2000)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
ElementId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_.-]*$", max_length=60)]


class Spec(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class WordsSpec(Spec):
    """A text in both languages."""

    zh: Text
    en: Text

    def words(self) -> Words:
        return Words(self.zh, self.en)
