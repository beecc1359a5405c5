"""`relaypacs serve`: the API and the web app; without Redis the worker, too, in one process."""

import gc
import signal
import sys
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import Annotated, NoReturn

import typer

from relaypacs.cli.settings_report import load_settings
from relaypacs.core.files import make_folder
from relaypacs.core.settings import Settings

STOP_WITHIN_SECONDS = 20
EXIT_ALREADY_SERVED = 3


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    keep_alive: Annotated[int, typer.Option(help="Seconds until an idle connection is closed.", min=1, max=3600)] = 5,
) -> None:
    """Run the gateway."""
    settings = load_settings()
    import uvicorn  # noqa: PLC0415 - other commands start faster without the server's libraries

    from relaypacs.app import create_app  # noqa: PLC0415
    from relaypacs.core.http_protocol import BoundedHttp  # noqa: PLC0415
    from relaypacs.core.logging import configure_logging  # noqa: PLC0415
    from relaypacs.core.one_process import AlreadyServed  # noqa: PLC0415

    configure_logging(settings.log_level)
    make_folder(settings.data_dir)
    signal.signal(signal.SIGTERM, end_well)
    app = create_app(settings)
    look_no_more_at_what_stays()
    try:
        with alone(settings):
            uvicorn.run(
                app,
                host=host,
                port=port,
                http=BoundedHttp,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=bool(settings.trusted_proxies),
                forwarded_allow_ips=settings.trusted_proxies or None,
                timeout_keep_alive=keep_alive,
                timeout_graceful_shutdown=STOP_WITHIN_SECONDS,
            )
    except AlreadyServed as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_ALREADY_SERVED) from None


def alone(settings: Settings) -> AbstractContextManager[None]:
    """Hold what only one process may serve from: its data, or with Redis a folder that is no object store.

    A folder takes any bytes at any place; that acknowledged ones stay is known to the process that has taken them.
    Raises AlreadyServed.
    """
    from relaypacs.core.one_process import alone_in  # noqa: PLC0415

    if not settings.redis_url:
        return alone_in(settings.data_dir)
    if settings.storage_dir is None:
        return nullcontext()
    make_folder(settings.storage_dir)
    return alone_in(settings.storage_dir)


def look_no_more_at_what_stays() -> None:
    """Take what was loaded out of garbage collections, each of which held up all requests for a tenth of a second."""
    gc.collect()
    gc.freeze()


def end_well(_signal: int, _frame: FrameType | None) -> NoReturn:
    """Make SIGTERM end the process with 0.

    uvicorn shuts down gracefully and then raises the signal once more, for the handler that was there before it.
    That was the default one, which would make every orderly stop look like a crash to a supervisor.
    """
    sys.exit(0)
