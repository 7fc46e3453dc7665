"""Pictures as they are handed in: several at once, each read and made anew before any verb sees it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.errors import DomainError
from common.pictures import ACCEPTED, LARGEST_FILE, Picture, read_picture
from grievances.forms.verbs import TicketForm
from grievances.rules.pictures import MOST_PICTURES


class PicturesInput(forms.FileInput):
    """Several files. What a telephone offers is named, so that an iPhone hands in a JPEG for its own kind."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__(attrs={"accept": ACCEPTED})


class PicturesField(forms.Field):
    """At most so many pictures; says which of several is none. No mark says that the box has to be filled in."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(widget=PicturesInput(), required=False, **kwargs)

    def clean(self, value: Any) -> list[Picture]:
        files = [one for one in value or () if one]
        if not files:
            raise ValidationError(_("请先选一张图片。"), code="required")
        if len(files) > self.most:
            raise ValidationError(
                format_lazy(_("一次最多 {most} 张，请少选几张。"), most=self.most), code="most"
            )
        return [self._read(number, one, len(files)) for number, one in enumerate(files, 1)]

    def _read(self, number: int, file: Any, of: int) -> Picture:
        try:
            return read_picture(file.read(LARGEST_FILE + 1))
        except DomainError as refusal:
            which = _("第 {number} 张：{words}") if of > 1 else "{words}"
            raise ValidationError(
                format_lazy(which, number=number, words=str(refusal)), code=refusal.code
            ) from refusal


class PicturesForm(TicketForm):
    verb = "pictures"
    pictures = PicturesField(
        label=_("拍照或选图片（可不选）"),
        most=MOST_PICTURES,
        help_text=format_lazy(_("最多 {most} 张。照片里的拍摄地点会去掉。"), most=MOST_PICTURES),
    )
