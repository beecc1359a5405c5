"""The process that sets one PDF: `python -m relaypacs.adapters.pdf.child`, JSON in, PDF out.

Without a template it gives the names of the families of fonts, as JSON.
"""

import json
import sys
import tempfile
from pathlib import Path

import typst

ADDRESS_SPACE = 2 * 1024**3
CPU_SECONDS = 30


def main() -> None:
    _limit_resources()
    request = json.load(sys.stdin.buffer)
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[Path(path) for path in request["fonts"]]
    )
    if "template" not in request:
        sys.stdout.write(json.dumps(fonts.families()))
        return
    with tempfile.TemporaryDirectory(prefix="relaypacs-pdf-") as empty:
        # Neither files nor packages are to be found there, whatever a template might ask for.
        compiler = typst.Compiler(
            input=request["template"].encode(),
            root=empty,
            font_paths=fonts,
            sys_inputs={"facts": request["facts"]},
            package_path=empty,
            package_cache_path=empty,
        )
        pdf = compiler.compile(format="pdf", timestamp=request["made_at"])
    if not isinstance(pdf, bytes):
        sys.exit(1)
    sys.stdout.buffer.write(pdf)


def _limit_resources() -> None:
    """Bound memory and processor time, and forbid core dumps."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - absent on Windows

    bounds = {resource.RLIMIT_AS: ADDRESS_SPACE, resource.RLIMIT_CPU: CPU_SECONDS, resource.RLIMIT_CORE: 0}
    for kind, bound in bounds.items():
        resource.setrlimit(kind, (bound, bound))


if __name__ == "__main__":
    main()
