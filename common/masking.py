"""How personal data looks where its reader does not need all of it."""


def mask_phone(phone: str) -> str:
    """ "13812345678" -> "138****5678"; a landline keeps its last four digits."""
    digits = phone.replace("-", "")
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}"


def mask_name(name: str) -> str:
    """ "王桂兰" -> "王**": the family name stays."""
    return name[:1] + "*" * (len(name) - 1)


def mask_document(number: str) -> str:
    """ "410105195801010020" -> "******************": that there is one, and of what length.

    Beside it stand a birth date, a sex and where she lives. With those, even the last two signs leave
    nine numbers to try, as one of them is a check digit.
    """
    return "*" * len(number)


def mask_bearer(number: str) -> str:
    """ "77555979" -> "****5979": what opens something to whoever has it keeps at most half, its tail."""
    kept = min(4, len(number) // 2)
    return "*" * (len(number) - kept) + number[len(number) - kept :]
