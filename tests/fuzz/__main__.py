"""Feeds the inspection with bytes that nobody has thought of: `python -m tests.fuzz [SECONDS] [FOLDER] [SEED RUNS]`.

Guided by coverage (Atheris, libFuzzer). FOLDER keeps what was found worth keeping, and what failed, for the next
run; what failed becomes a case of `tests/fuzz/test_fuzz.py`. With a SEED and a number of RUNS it goes the same way
each time, if it is started as `test_fuzz.py` does.
"""

import sys
import tempfile
from hashlib import sha256
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["relaypacs.adapters.dicom"], enable_loader_override=False):
    from tests.fuzz.target import check

from tests.fuzz.seeds import LARGEST, dictionary, seeds

SECONDS = 60
SECONDS_OF_ONE = 20  # the target itself demands less, of the processor's time
MEGABYTES = 2048  # of the whole run; what one input may take the target says


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    folder = Path(sys.argv[2] if len(sys.argv) > 2 else tempfile.mkdtemp(prefix="fuzz-"))
    seed, runs = map(int, sys.argv[3:5]) if len(sys.argv) > 3 else (0, -1)  # another way each time, without end
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for content in seeds():
        (corpus / sha256(content).hexdigest()).write_bytes(content)
    (folder / "words").write_text(dictionary())
    options = [
        *(f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={2 * LARGEST}", f"-timeout={SECONDS_OF_ONE}"),
        *(
            f"-runs={runs}",
            "-reload=0",
            f"-rss_limit_mb={MEGABYTES}",
            f"-dict={folder}/words",
            f"-artifact_prefix={folder}/",
            "-print_final_stats=1",
        ),
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], check)
    atheris.Fuzz()


main()
