"""All settings, in one file. What differs between machines comes from the environment (config/env.py).

docs/operations.md lists every variable; tests/test_compose.py checks that docker-compose.yml gives
no variable that is not read here.
"""

from datetime import timedelta
from pathlib import Path

import django_stubs_ext
from csp.constants import NONE, SELF, UNSAFE_EVAL
from django.utils.translation import gettext_lazy as _

from config import env, locks, rights

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", default=False)
SECRET_KEY = env.text("SECRET_KEY")
# "v2:<base64>,v1:<base64>": the first key seals, all of them open. See common/sealed.py.
SEAL_KEYS = env.items("SEAL_KEYS")
SEAL_CIPHER = env.text("SEAL_CIPHER", "AES-GCM")
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", "127.0.0.1,localhost")
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS")
PUBLIC_URL = env.text("PUBLIC_URL", "http://127.0.0.1:8000")

# What every page shows in its footer; filled in by the office that runs the portal.
PORTAL = {
    "organisation": env.text("HOST_ORGANISATION", "社区党群服务中心"),
    "place": env.text("PLACE_NAME", " ").strip(),
    "complaint_phone": env.text("COMPLAINT_PHONE", "12345"),
    "complaint_hours": env.text("COMPLAINT_HOURS", " ").strip(),
    "icp_number": env.text("ICP_NUMBER", " ").strip(),
}

INSTALLED_APPS = [
    "common",
    "centers",
    "journal",
    "people",
    "notices",
    "volunteers",
    "points",
    "orders",
    "grants",
    "grievances",
    "courses",
    "visits",
    "portal",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.answers.ContentPolicy",
    "common.answers.KeptByNobody",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "common.language.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "people.sign_in.StaffSessions",
    "journal.views.Noticed",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portal.views.frame.Marked",
    "allauth.account.middleware.AccountMiddleware",
    "common.errors.DomainErrorMiddleware",
    "common.uploads.NotTooMuch",
    "common.addresses.NoNul",
    "common.searches.NoNumbersInAddresses",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "common.pages.frame",
                "portal.views.frame.navigation",
            ],
        },
    }
]

# One database; connections live for a minute and are checked before reuse. Isolation is
# PostgreSQL's READ COMMITTED: verbs lock what they write (docs/locking.md).
DATABASES = {
    "default": {
        **env.database("DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 5, "application_name": "linli"},
    }
}
# Who owns the tables. Only what changes them connects as it, `migrate` above all, and gives the role of
# DATABASE_URL what RIGHTS says (common/roles.py). Not set: the role of DATABASE_URL does everything.
OWNER = env.another_role("OWNER_DATABASE_URL", than=DATABASES["default"])
RIGHTS, USUAL_RIGHTS = rights.RIGHTS, rights.USUAL
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("REDIS_URL")
CACHES = {
    # Shared by all processes: rate limits.
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL},
    # One per process, for public pages that may be a few seconds old (common/pages.py).
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_TASK_IGNORE_RESULT = True
# A task is acknowledged when done: a killed worker's task runs again, and every task is idempotent.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 600, "socket_timeout": 5}
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_max": 0.2}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / ".dev" / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "common.assets.NodeModulesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(BASE_DIR / ".dev" / "media")))
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# What each app says on pages that belong to all, and when a person's record is copied, closed or
# merged (people/parts.py); the upper apps first.
PARTS = [
    "visits.parts",
    "courses.parts",
    "grievances.parts",
    "grants.parts",
    "orders.parts",
    "points.parts",
    "volunteers.parts",
    "notices.parts",
]

# The tables of all apps in the order in which their rows are locked: common/locks.py asks.
LOCK_ORDER = locks.LOCK_ORDER

# Sign-in: phone and password; MFA for staff; rate limits against guessing.
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 8},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("phone", "name")},
    },
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "people.adapter.PhoneAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*"]
ACCOUNT_FORMS = {
    "login": "people.forms.LoginForm",
    "signup": "people.forms.SignupForm",
    "change_password": "people.forms.ChangePasswordForm",
    "reauthenticate": "people.forms.ReauthenticateForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_PREVENT_ENUMERATION = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_RATE_LIMITS = {
    # A center's Wi-Fi is one address for everybody in it: limits by address are wide, those by
    # phone and address are narrow. Wrong desk codes are counted in people/views.py.
    "login": "300/m/ip",
    "login_failed": "100/10m/ip,5/5m/key",
    "signup": "300/h/ip",
}
# How many proxies of ours stand before the app, so that limits see the visitor's address.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXIES", 0)
MFA_FORMS = {
    "authenticate": "people.adapter.NoticedFactorForm",
    "reauthenticate": "people.forms.FactorAgainForm",
    "activate_totp": "people.forms.FirstFactorForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# Once a device and day; people/sign_in.py asks staff who have none, too. Only the demo goes without.
MFA_TRUST_ENABLED = True
MFA_TRUST_COOKIE_AGE = timedelta(days=1)
STAFF_SECOND_FACTOR = not env.flag("DEMO_WITHOUT_SECOND_FACTOR", default=False)
MFA_TOTP_ISSUER = "Linli"

# What one account may take, before its owner showed herself at the desk and after: children that it
# enters, live seats and places in line that it holds for itself and for them. people/actions/limits.py
ACCOUNT_LIMITS = {
    "wards": (env.number("WARDS_UNPROVED", 3), env.number("WARDS_PROVED", 8)),
    "seats": (env.number("SEATS_UNPROVED", 6), env.number("SEATS_PROVED", 30)),
}

SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_HTTPONLY = True
# Plain http is for `./dev up` on loopback and for a first look; production has a proxy with TLS.
_TLS = not env.flag("INSECURE_HTTP", default=False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _TLS
SECURE_SSL_REDIRECT = _TLS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000 if _TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _TLS
# W021 asks for HSTS preload: a county's subdomain must not decide that for the whole domain.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _TLS else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Under /admin/ Alpine evaluates what stands in attributes. The two styles are the colours of UNFOLD and
# htmx's own: after a change of either tests/test_answers.py says which hash is right.
BACK_OFFICE_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [
        SELF,
        "'sha256-foXUF5+GyaON1Sf6BfBdHJUr/WIe0IyIlRI8DlOcIyw='",
        "'sha256-bsV5JivYxvGywDAZ22EZJKBFip65Ng9xoJVLbBg7bdo='",
    ],
}

CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "common.api.IdCursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.bodies.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "common.api.exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.AnonRateThrottle",
        "rest_framework.throttling.UserRateThrottle",
    ],
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
    "DEFAULT_THROTTLE_RATES": {"anon": "120/min", "user": "600/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Linli 邻里",
    "DESCRIPTION": "社区服务中心门户的接口：课程、报名、通知。",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    # Asked in two shapes, a pitch in a list and a whole one: the schema wants one name for its states.
    "ENUM_NAME_OVERRIDES": {
        "OrderKindEnum": "orders.rules.orders.OrderKind",
        "OrderStateEnum": "orders.rules.orders.OrderState",
        "PitchStateEnum": "grants.rules.PitchState",
        "TicketKindEnum": "grievances.rules.tickets.Kind",
        "TicketPrivacyEnum": "grievances.rules.tickets.Privacy",
        "TicketStateEnum": "grievances.rules.tickets.TicketState",
        "TransferKindEnum": "points.rules.TransferKind",
        "TransferStateEnum": "points.rules.TransferState",
        "TakerKindEnum": "volunteers.rules.takers.TakerKind",
        "VolunteerStateEnum": "volunteers.rules.roll.VolunteerState",
    },
}

PGHISTORY_APPEND_ONLY = True

UNFOLD = {
    "SITE_TITLE": _("邻里 · 工作台"),
    "SITE_HEADER": _("邻里"),
    "SITE_SUBHEADER": _("社区服务中心工作台"),
    "SITE_URL": "/staff/",
    "SITE_DROPDOWN": [
        {"icon": "today", "title": _("工作台：今天的课、花名册"), "link": "/staff/"},
        {"icon": "home", "title": _("居民看到的网站"), "link": "/"},
    ],
    "SHOW_VIEW_ON_SITE": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#fbf3f2",
            "100": "#f7e9e6",
            "200": "#efd0cb",
            "300": "#e2aba4",
            "400": "#cf7a70",
            "500": "#b5473e",
            "600": "#9e2a22",
            "700": "#84221b",
            "800": "#6e1a14",
            "900": "#571510",
            "950": "#2f0a07",
        }
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "common.log_lines.Lines",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
