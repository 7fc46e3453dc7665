"""What an answer says of a visit: whether somebody got in, whether a verb was done."""

from typing import Any

from django.contrib.messages import ERROR, get_messages


def got_in(response: Any) -> bool:
    """Whether the page did what it is for; being asked to sign in, 401, 403 and 404 are "no"."""
    if response.status_code == 302:
        return not response.url.startswith(("/account/login", "/admin/login")) and response.url != "/admin/"
    return response.status_code not in {401, 403, 404, 405}


def judge(response: Any, expected: bool, what: str) -> list[str]:
    """The complaints about one answer."""
    status = response.status_code
    if status >= 500:
        return [f"{what}: {status}"]
    if got_in(response) != expected:
        return [
            f"{what}: {status} {getattr(response, 'url', '')}, but should {'' if expected else 'not '}get in"
        ]
    return []


# The API's refusals of whoever asks; any other is about what was asked, and says nothing of who may.
NOT_YOU = {"NOT_ALLOWED"}


def judge_call(response: Any, expected: bool, what: str) -> list[str]:
    """The complaints about a verb that the API was asked for: it was done, or refused to whoever asked."""
    done = 200 <= response.status_code < 300
    code = response.json().get("code", "") if response.status_code == 409 else ""
    refused = response.status_code in {401, 403, 404} or code in NOT_YOU
    if not (done if expected else refused):
        words = code or response.content.decode()[:200]
        return [f"{what}: {response.status_code} {words}, but should {'' if expected else 'not '}be done"]
    return []


def judge_deed(response: Any, expected: bool, what: str) -> list[str]:
    """The complaints about a verb that was posted: it was done, or nothing was."""
    said = get_messages(response.wsgi_request)
    failed = [str(message) for message in said if message.level >= ERROR]
    # Who has no record of her own is asked for her name first: that is no deed.
    asked_first = getattr(response, "url", "").startswith("/my/profile/")
    done = got_in(response) and response.status_code == 302 and not failed and not asked_first
    if response.status_code >= 500 or done != expected:
        words = "; ".join(failed) or getattr(response, "url", "")
        return [f"{what}: {response.status_code} {words}, but should {'' if expected else 'not '}be done"]
    return []
