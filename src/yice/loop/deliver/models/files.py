"""What somebody showed as a file: a PDF, a Word or OFD document, a scan; sealed, and read by whoever reads the case."""

from __future__ import annotations

import uuid

from django.db import models

from yice.accounts.access import AreaFields
from yice.loop.deliver.models.cases import Case


class CaseFile(models.Model):
    """One file at a step. Only added to; it has no name of its own, for file names carry people's names."""

    ACCESS = AreaFields(hukou="case__hukou", residence="case__residence")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="files")
    step = models.CharField(max_length=60)
    paper = models.CharField(max_length=60, blank=True)  # the step's evidence it is; empty: something else
    form = models.CharField(max_length=4)  # pdf | docx | ofd | jpg | png, by its content
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=32)  # keyed, of the content: sent again, the same file
    sealed = models.BinaryField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "step", "paper", "digest"], name="one_file_once"),
        )

    def __str__(self) -> str:
        return str(self.uuid)
