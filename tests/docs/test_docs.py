"""What the documentation names exists, and what exists is documented."""

import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

import relaypacs.app  # registers every metric
import relaypacs.features
from relaypacs.adapters.dicom.reasons import SENTENCES, Code
from relaypacs.adapters.pacs.causes import Cause
from relaypacs.core.errors import RelayError
from relaypacs.core.metrics import LOOKED_UP
from relaypacs.core.settings import Settings
from relaypacs.features.uploads.service import check, decide
from tests.docs.pages import ROOT, all_pages, page

CONFIGURATION, ERRORS, METRICS, OPERATIONS = (
    page(f"docs/{name}.md") for name in ("configuration", "errors", "metrics", "operations")
)
OF_THE_COMMANDS = {"RELAYPACS_SERVER", "RELAYPACS_USERNAME", "RELAYPACS_PASSWORD"}
# One takes a folder that is there, and a secret that was printed is none.
WITHOUT_EXAMPLE = {"RELAYPACS_SECRETS_DIR", "RELAYPACS_SECRET_KEY", "RELAYPACS_METRICS_TOKEN"}
VERDICTS = (
    "The file as a whole is rejected",
    "A member of a ZIP is rejected",
    "An instance is rejected",
    "An instance is accepted with a warning",
)
WARNINGS = "Warnings of an upload"
# What a setting demands beside it; each is shown by its own example.
DEMANDED = {
    "RELAYPACS_REDIS_URL": ("RELAYPACS_DATABASE_URL",),
    "RELAYPACS_OIDC_ISSUER": ("RELAYPACS_OIDC_CLIENT_ID", "RELAYPACS_OIDC_ROLE_MAP", "RELAYPACS_PUBLIC_URL"),
    "RELAYPACS_SMTP_URL": ("RELAYPACS_PUBLIC_URL", "RELAYPACS_MAIL_FROM"),
    "RELAYPACS_DICOM_PORT": ("RELAYPACS_DICOM_PEERS",),
    "RELAYPACS_DICOM_TLS_CERTIFICATE": ("RELAYPACS_DICOM_TLS_KEY",),
    "RELAYPACS_DICOM_TLS_KEY": ("RELAYPACS_DICOM_TLS_CERTIFICATE",),
    "RELAYPACS_DICOM_TLS_CA": ("RELAYPACS_DICOM_TLS_CERTIFICATE", "RELAYPACS_DICOM_TLS_KEY"),
}
PAGES = pytest.mark.parametrize("document", all_pages(), ids=str)


def settings() -> dict[str, object]:
    return {f"RELAYPACS_{name.upper()}": field.default for name, field in Settings.model_fields.items()}


def errors() -> dict[str, type[RelayError]]:
    for module in pkgutil.walk_packages(relaypacs.features.__path__, "relaypacs.features."):
        if module.name.endswith(".errors"):
            importlib.import_module(module.name)
    return {kind.code: kind for kind in below(RelayError)}


def below(kind: type[RelayError]) -> Iterator[type[RelayError]]:
    """The product's own errors; other tests define some of theirs."""
    for child in kind.__subclasses__():
        if child.__module__.startswith("relaypacs."):
            yield child
        yield from below(child)


def sentences() -> dict[str, str]:
    """Every code of a verdict with its sentence."""
    found = {code.value: SENTENCES[code].replace("{what}", "…") for code in Code}
    text = "".join(Path(str(module.__file__)).read_text() for module in (check, decide))
    written = re.findall(r'Reason\("([a-z-]+)", "(.+?)"\)', text)
    assert written
    return found | dict(written)


def warnings() -> set[str]:
    folder = ROOT / "relaypacs/features/uploads/service"
    text = "".join(path.read_text() for path in sorted(folder.glob("*.py")))
    return set(re.findall(r'(?:"code": |UploadWarning\(code=)"([a-z-]+)"', text))


def metrics() -> dict[str, str]:
    """Every metric with its type and labels, as its section begins."""
    found = {}
    for metric in {*REGISTRY._collector_to_names, *LOOKED_UP._collector_to_names}:
        if isinstance(metric, MetricWrapperBase) and metric._name.startswith("relaypacs_"):
            labels = " by " + ", ".join(f"`{name}`" for name in metric._labelnames) if metric._labelnames else ""
            name = f"{metric._name}_total" if metric._type == "counter" else metric._name
            found[name] = f"{metric._type.capitalize()}{labels}. "
    return found


def example_of(name: str) -> str:
    found = re.search(rf"Example: `{name}=([^`]+)`", CONFIGURATION.section(name))
    assert found
    return found[1]


def test_every_setting_has_its_heading():
    assert sorted(CONFIGURATION.headings(3)) == sorted(settings())


@pytest.mark.parametrize("name", settings())
def test_default_and_example_of_a_setting_are_right(name: str, monkeypatch: pytest.MonkeyPatch):
    section = CONFIGURATION.section(name)
    default = settings()[name]
    stated = re.search(r"Default: (?:`([^`]+)`|empty)", section)
    assert stated
    shown = str(default.get_secret_value() if hasattr(default, "get_secret_value") else default or "")
    assert (stated[1] or "") == (shown if not shown.startswith(str(ROOT)) else str(Path(shown).relative_to(ROOT)))
    if example := re.search(r"Example: `(\w+)=([^`]+)`", section):
        assert example[1] == name
        for needed in (name, *DEMANDED.get(name, ())):
            monkeypatch.setenv(needed, example_of(needed))
        assert str(Settings()) != ""
    else:
        assert name in WITHOUT_EXAMPLE


def test_every_error_has_its_heading():
    documented = set(ERRORS.headings(3)) - set(sentences()) - warnings()
    assert documented == set(errors())


@pytest.mark.parametrize("code", sorted(errors()))
def test_the_status_of_an_error_is_right(code: str):
    assert ERRORS.section(code).startswith(f"Status {errors()[code].status}. ")
    assert "What to do: " in ERRORS.section(code)


def test_every_verdict_has_its_heading_and_its_words():
    documented = [code for group in VERDICTS for code in ERRORS.headings(3, below=group)]
    assert sorted(documented) == sorted(sentences())
    for code, sentence in sentences().items():
        assert ERRORS.section(code).startswith(f"“{sentence}”"), code


def test_every_warning_has_its_heading():
    assert set(ERRORS.headings(3, below=WARNINGS)) == warnings()


def test_every_metric_has_its_heading():
    assert sorted(METRICS.headings(3)) == sorted(metrics())


@pytest.mark.parametrize("name", sorted(metrics()))
def test_type_and_labels_of_a_metric_are_right(name: str):
    assert METRICS.section(name).startswith(metrics()[name])
    assert "Watch for: " in METRICS.section(name)
    units = "_seconds", "_bytes", "_total", "_info"
    assert metrics()[name].startswith("Gauge") or name.endswith(units), "a unit, or a count"


def test_every_cause_is_listed():
    listed = OPERATIONS.text.partition("### Causes")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \| .+ \| .+ \|$", listed, re.MULTILINE) == [cause.value for cause in Cause]


def test_every_event_of_the_log_is_listed():
    events: set[str] = set()
    for path in ROOT.glob("relaypacs/**/*.py"):
        events |= set(re.findall(r'\blog(?:_at\(|\.(?:info|warning|error|exception)\()"(\w+)"', path.read_text()))
    listed = set(re.findall(r"`(\w+)`", OPERATIONS.text.partition("## Logs")[2].partition("## Monitoring")[0]))
    assert events <= listed


def test_every_event_that_is_listed_is_written():
    table = OPERATIONS.text.partition("## Logs")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    code = "".join(path.read_text() for path in ROOT.glob("relaypacs/**/*.py"))
    assert [name for name in listed if f'"{name}"' not in code] == []
    assert len(listed) == len(set(listed))


@PAGES
def test_variables_exist(document):
    named = set(re.findall(r"RELAYPACS_[A-Z_]+\b", document.text))
    assert named <= set(settings()) | OF_THE_COMMANDS


@PAGES
def test_links_lead_somewhere(document):
    for target in document.links:
        if "://" in target:
            continue
        file, _, anchor = target.partition("#")
        path = (document.path.parent / file).resolve() if file else document.path
        assert path.exists(), target
        assert not anchor or anchor in page(str(path)).anchors, target


def test_anchors_that_the_code_names_exist():
    """Alerts, settings, units and scripts lead to sections of the documents, too."""
    named = re.compile(r"\bdocs/([\w/-]+\.md)#([\w-]+)")
    for folder in ("relaypacs", "deploy", "web/src", "bench"):
        for path in (ROOT / folder).rglob("*"):
            if not path.is_file() or path.suffix not in {
                ".py",
                ".ts",
                ".tsx",
                ".json",
                ".yml",
                ".yaml",
                ".conf",
                ".service",
            }:
                continue
            for file, anchor in named.findall(path.read_text()):
                assert anchor in page(f"docs/{file}").anchors, f"{path}: {file}#{anchor}"


def test_the_index_leads_to_every_page():
    led_to = {(ROOT / "docs" / target.partition("#")[0]).resolve() for target in page("docs/README.md").links}
    pages = {document.path for document in all_pages() if document.path.parent.name in {"docs", "guide"}}
    assert pages - led_to == {ROOT / "docs/README.md"}


@PAGES
def test_files_that_are_named_exist(document):
    for name in document.names:
        if re.fullmatch(r"(relaypacs|tests|web|deploy|docs|bench)/[\w./-]+", name):
            assert (ROOT / name).exists(), name


@PAGES
def test_shell_blocks_parse(document):
    for block in document.blocks:
        parsed = subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True, check=False)
        assert parsed.returncode == 0, parsed.stderr


@PAGES
def test_targets_of_make_exist(document):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for text in [*document.blocks, *document.names]:
        for words in re.findall(r"(?:^|[=\s])make ((?:[a-z-]+(?: |$))+)", re.sub(r"#.*", "", text), re.MULTILINE):
            assert set(words.split()) <= targets, words


def test_the_readme_begins_with_the_two_commands():
    block = page("README.md").blocks[0]
    assert page("README.md").text.startswith("# RelayPACS Gateway\n\n```sh\n")
    assert [line.split("  ")[0] for line in block.splitlines()] == ["make run", "make test"]
