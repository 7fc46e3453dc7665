"""What somebody is signed in with, in words: browsers call themselves by a name that nobody can read."""

from django.utils.translation import gettext as _

LONGEST = 60


def device(user_agent: str) -> str:
    """苹果手机 · 微信; what nothing is known of says its own name."""
    machines = {
        "iPhone": _("苹果手机"),
        "iPad": _("苹果平板"),
        "HarmonyOS": _("鸿蒙手机"),
        "Android": _("安卓手机"),
        "Windows": _("Windows 电脑"),
        "Macintosh": _("苹果电脑"),
        "Linux": _("Linux 电脑"),
    }
    # Most call themselves Chrome and Safari beside their own name: those two come last.
    programs = {
        "MicroMessenger": _("微信"),
        "AlipayClient": _("支付宝"),
        "DingTalk": _("钉钉"),
        "HuaweiBrowser": _("华为浏览器"),
        "MiuiBrowser": _("小米浏览器"),
        "QQBrowser": _("QQ 浏览器"),
        "UCBrowser": _("UC 浏览器"),
        "Edg": "Edge",
        "Firefox": "Firefox",
        "Chrome": "Chrome",
        "Safari": "Safari",
    }
    known = [next((words[sign] for sign in words if sign in user_agent), "") for words in (machines, programs)]
    return " · ".join(filter(None, known)) or user_agent[:LONGEST]
