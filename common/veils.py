"""Words that stand sealed in an address."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.exceptions import InvalidTag

from common.sealed import seal_bytes, unseal_bytes


def veiled(words: str) -> str:
    """Words as they may stand in an address that a log keeps beside what nobody is to see them with.

    Sealed, so the log tells nothing of them, not even that two addresses held the same. It is no key to
    anything: whoever opens the address is asked who she is like everywhere.
    """
    return urlsafe_b64encode(seal_bytes(words.encode())).decode().rstrip("=") if words else ""


def unveiled(veil: str) -> str:
    """The words that `veiled` was given; "" where it made no such thing."""
    try:
        return unseal_bytes(urlsafe_b64decode(veil + "=" * (-len(veil) % 4))).decode()
    except (ValueError, KeyError, InvalidTag):
        return ""
