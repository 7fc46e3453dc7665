"""The Chromium of the tests and pictures."""

import json
import shutil
import tarfile

from devkit.packages import make, npm_ci
from devkit.places import DEV, NODE, ROOT
from devkit.processes import run
from devkit.state import locked


def variables() -> dict[str, str]:
    """npm's Chromium without a screen, the same on every machine, as the variables the tests read."""
    home, folder = DEV / "browser", ROOT / "browser"
    with locked("setup", wait=True):
        make("browser for the tests", home / "chromium", [folder / "package-lock.json"], unpack_browser)
    args = ["--disable-dev-shm-usage", "--no-sandbox", "--headless=shell", "--no-zygote"]
    args += ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    # For the browser alone: its libraries are not Python's.
    env = {"LD_LIBRARY_PATH": f"{home}/lib", "FONTCONFIG_FILE": f"{home}/fonts.conf"}
    return {
        "LINLI_CHROMIUM": str(home / "chromium"),
        "LINLI_CHROMIUM_ARGS": json.dumps(args),
        "LINLI_CHROMIUM_ENV": json.dumps(env),
        "PLAYWRIGHT_NODEJS_PATH": str(NODE),  # the Node inside playwright wants a library Debian may lack
        "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # playwright's loop runs in the thread that queries
    }


def unpack_browser() -> None:
    """Chromium, the libraries a bare Debian lacks, and a Chinese font, into .dev/browser."""
    folder, home = ROOT / "browser", DEV / "browser"
    npm_ci(folder)
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    script = "const [i,o]=process.argv.slice(1),f=require('fs');"
    script += "f.writeFileSync(o,require('zlib').brotliDecompressSync(f.readFileSync(i)))"
    for name in ["al2023.tar", "swiftshader.tar", "chromium"]:
        packed = folder / "node_modules/@sparticuz/chromium/bin" / f"{name}.br"
        run("unpacking the browser", [NODE, "-e", script, packed, home / name])
        if name.endswith(".tar"):
            with tarfile.open(home / name) as archive:
                archive.extraction_filter = getattr(tarfile, "data_filter", None)  # absent before 3.11.4
                archive.extractall(home)
            (home / name).unlink()
    fonts = folder / "node_modules/@expo-google-fonts/noto-sans-sc"
    folders = "".join(f"<dir>{fonts / weight}</dir>" for weight in ["400Regular", "700Bold"])
    (home / "fonts.conf").write_text(
        f"<?xml version='1.0'?><fontconfig>{folders}<dir>/usr/share/fonts</dir>"
        f"<cachedir>{home}/font-cache</cachedir></fontconfig>"
    )
    (home / "chromium").chmod(0o755)
