"""What a password must be here: long enough, and nothing that a guesser tries first. No kind of character is asked for."""

from __future__ import annotations

import re

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from yice.accounts.models import User

SHORTEST, LONGEST = 12, 128
# Figures that somebody knows of somebody: a telephone or a birth date at the beginning or the end, a citizen's number.
_PHONE, _BORN = r"1[3-9]\d{9}", r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
KNOWN_NUMBER = re.compile(rf"^(?:{_PHONE}|{_BORN}|\d{{6}}{_BORN})|(?:{_PHONE}|{_BORN})$")
PADDING = re.compile(r"^[\W\d_]+|[\W\d_]+$")
REPEATED = re.compile(r"(.{1,6}?)\1+")


class LengthValidator:
    """Several spaces count as one; above the longest it is refused, never cut."""

    def validate(self, password: str, user: User | None = None) -> None:
        size = len(re.sub(r"\s+", " ", password))
        if size < SHORTEST:
            raise ValidationError(_("密码太短：至少 {n} 个字符，连着的空格算一个。").format(n=SHORTEST))
        if len(password) > LONGEST:
            raise ValidationError(_("密码太长：最多 {n} 个字符。").format(n=LONGEST))

    def get_help_text(self) -> str:
        return _("{least} 至 {most} 个字符，什么字符都可以，空格也可以。").format(
            least=SHORTEST, most=LONGEST
        )


class KnownPasswordValidator(CommonPasswordValidator):
    """Of the list of leaked passwords, one with figures or marks put to it, one repeated; looked up here, not outside."""

    def validate(self, password: str, user: User | None = None) -> None:
        if self.is_known(password):
            raise ValidationError(_("这个密码太常见，或者只是在常见密码前后加了数字和符号。"))

    def is_known(self, password: str) -> bool:
        whole = password.lower().strip()
        stem = PADDING.sub("", whole)
        repeated = REPEATED.fullmatch(whole)
        found: set[str] = self.passwords
        return whole in found or stem in found or repeated is not None

    def get_help_text(self) -> str:
        return _("不能是泄露过的常见密码，也不能只在它前后加数字和符号。")


class OwnNameValidator(UserAttributeSimilarityValidator):
    """What stands on every page about its owner is no secret."""

    def validate(self, password: str, user: User | None = None) -> None:
        try:
            super().validate(password, user)
        except ValidationError:
            raise ValidationError(self.get_help_text()) from None

    def get_help_text(self) -> str:
        return _("不能与您的登录名或姓名相似。")


class KnownNumberValidator:
    """Figures alone are taken as any other; a telephone or a birth date with a few more is not."""

    def validate(self, password: str, user: User | None = None) -> None:
        if re.fullmatch(r"[\d\s-]+x?", password.lower()) and KNOWN_NUMBER.search(re.sub(r"\D", "", password)):
            raise ValidationError(_("不能是电话、出生日期或者证件号。"))

    def get_help_text(self) -> str:
        return _("不能是电话、出生日期或者证件号。")
