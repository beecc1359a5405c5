"""`relaypacs worker`: runs tasks and jobs beside the API, which `relaypacs serve` is where there is Redis."""

import signal
from typing import Annotated

import typer

from relaypacs.cli.serve import STOP_WITHIN_SECONDS, end_well, look_no_more_at_what_stays
from relaypacs.cli.settings_report import EXIT_CONFIGURATION, load_settings
from relaypacs.core.files import make_folder


def worker(
    health_host: Annotated[str, typer.Option(help="Address on which it says how it is.")] = "127.0.0.1",
    health_port: Annotated[int, typer.Option(help="Port of that; 0 for any that is free.", min=0, max=65535)] = 8001,
) -> None:
    """Check, deliver and look after what is due, beside any number of others."""
    settings = load_settings()
    if not settings.redis_url:
        typer.echo(
            "RELAYPACS_REDIS_URL: is required for a worker; without Redis `relaypacs serve` does its work", err=True
        )
        raise typer.Exit(EXIT_CONFIGURATION)
    import uvicorn  # noqa: PLC0415 - other commands start faster without the server's libraries

    from relaypacs.core.http_protocol import BoundedHttp  # noqa: PLC0415
    from relaypacs.core.logging import configure_logging  # noqa: PLC0415
    from relaypacs.worker_app import create_worker_app  # noqa: PLC0415

    configure_logging(settings.log_level)
    make_folder(settings.data_dir)
    signal.signal(signal.SIGTERM, end_well)
    app = create_worker_app(settings)
    look_no_more_at_what_stays()
    uvicorn.run(
        app,
        host=health_host,
        port=health_port,
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=STOP_WITHIN_SECONDS,
    )
