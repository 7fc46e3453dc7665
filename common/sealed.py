"""Sealed columns and files: encrypted at rest, opened on read, searchable only by exact match.

A sealed text reads `v1:<base64 of nonce + ciphertext>`. SEAL_KEYS holds `version:key` pairs; the
first one seals, all of them open, so a key is rotated by putting a new one first and running
`manage.py reseal`. The cipher is AES-256-GCM, or SM4-GCM where a deployer's 密评 asks for it.
"""

import base64
import hashlib
import hmac
import os
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

_NONCE, _TAG = 12, 16


@cache
def _keys(configured: tuple[str, ...]) -> dict[str, bytes]:
    keys = {}
    for entry in configured:
        version, _, encoded = entry.partition(":")
        key = base64.b64decode(encoded, validate=True)
        if not version or len(key) != 32:
            raise ImproperlyConfigured("SEAL_KEYS wants version:base64-of-32-bytes, comma separated.")
        keys[version] = key
    if not keys:
        raise ImproperlyConfigured("SEAL_KEYS is empty. docs/operations.md says how to make one.")
    return keys


def _current() -> tuple[str, bytes]:
    return next(iter(_keys(tuple(settings.SEAL_KEYS)).items()))


def prefix() -> str:
    """What is sealed now begins with: "v2:", or "v2.sm4:"."""
    version, _ = _current()
    return f"{version}.sm4:" if settings.SEAL_CIPHER == "SM4-GCM" else f"{version}:"


def seal(text: str) -> str:
    """Encrypts; the same text sealed twice looks different. An empty text stays empty."""
    return prefix() + base64.b64encode(_locked(text.encode())).decode() if text else ""


def unseal(sealed: str) -> str:
    """Opens what `seal` made, with whichever configured key sealed it."""
    if not sealed:
        return ""
    version, _, encoded = sealed.partition(":")
    return _unlocked(version, base64.b64decode(encoded)).decode()


def seal_bytes(data: bytes) -> bytes:
    """The same of a file: `v1:`, nonce and ciphertext as they are."""
    return prefix().encode() + _locked(data)


def unseal_bytes(sealed: bytes) -> bytes:
    """Opens what `seal_bytes` made."""
    version, _, raw = sealed.partition(b":")
    return _unlocked(version.decode("ascii", "replace"), raw)


def sealed_by_now(sealed: bytes) -> bool:
    """Whether a file is sealed with the newest key and the cipher of today."""
    return sealed.startswith(prefix().encode())


def _locked(data: bytes) -> bytes:
    _, key = _current()
    nonce = os.urandom(_NONCE)
    if settings.SEAL_CIPHER == "SM4-GCM":
        encryptor = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce)).encryptor()
        return nonce + encryptor.update(data) + encryptor.finalize() + encryptor.tag
    return nonce + AESGCM(key).encrypt(nonce, data, None)


def _unlocked(version: str, raw: bytes) -> bytes:
    name, _, cipher = version.partition(".")
    key = _keys(tuple(settings.SEAL_KEYS))[name]
    nonce, body = raw[:_NONCE], raw[_NONCE:]
    if cipher == "sm4":
        mode = modes.GCM(nonce, body[-_TAG:])
        decryptor = Cipher(algorithms.SM4(key[:16]), mode).decryptor()
        return decryptor.update(body[:-_TAG]) + decryptor.finalize()
    return AESGCM(key).decrypt(nonce, body, None)


def blind_index(text: str) -> str:
    """A keyed hash for exact-match search on a sealed column; "" for "".

    It is keyed with the *last* key of SEAL_KEYS, the oldest one, so that rotating the sealing key
    does not change it; once that key is taken out, `manage.py reseal` writes the indexes anew. It
    finds them by name: the index of `document_no` is `document_index`.
    """
    if not text:
        return ""
    oldest = list(_keys(tuple(settings.SEAL_KEYS)).values())[-1]
    return hmac.new(oldest, text.encode(), hashlib.sha256).hexdigest()


class SealedTextField(models.TextField[str, str]):
    """A text that is sealed in the database and plain in Python. It cannot be filtered on."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return None if value is None else unseal(value)

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else seal(str(value))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"isnull"}:
            raise TypeError(f"{self.name} is sealed: search its blind index instead.")
        return super().get_lookup(lookup_name)
