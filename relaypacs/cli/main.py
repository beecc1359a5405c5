"""The `relaypacs` command. Each command is a file of its own, and imports what it needs when it runs."""

import typer

from relaypacs.cli.admin import admin
from relaypacs.cli.check_config import check_config
from relaypacs.cli.doctor import doctor
from relaypacs.cli.migrate import migrate
from relaypacs.cli.openapi import openapi
from relaypacs.cli.serve import serve
from relaypacs.cli.upload import upload
from relaypacs.cli.verify_receipt import verify_receipt_command
from relaypacs.cli.worker import worker

app = typer.Typer(
    name="relaypacs",
    help="Takes medical image studies over bad links, and proves that they are in the PACS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command("serve")(serve)
app.command("worker")(worker)
app.command("upload")(upload)
app.command("verify-receipt")(verify_receipt_command)
app.command("check-config")(check_config)
app.command("migrate")(migrate)
app.command("doctor")(doctor)
app.add_typer(admin, name="admin")
app.command("openapi", hidden=True)(openapi)
