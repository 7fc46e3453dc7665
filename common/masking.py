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
    """ "410105195801010020" -> "4101**********0020"."""
    if len(number) <= 8:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def mask_bearer(number: str) -> str:
    """ "77555979" -> "****5979": what opens something to whoever has it keeps at most half, its tail."""
    kept = min(4, len(number) // 2)
    return "*" * (len(number) - kept) + number[len(number) - kept :]
