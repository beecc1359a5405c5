"""`relaypacs admin rotate-key` and `receipt-keys`: another secret key, and the public keys of receipts."""

from typing import Annotated

import typer


def rotate_key(
    end_sessions: Annotated[  # noqa: FBT002 - an option of the command line
        bool, typer.Option("--end-sessions", help="Sign everybody out: the old key may be known to somebody.")
    ] = False,
    new_key_stdin: Annotated[  # noqa: FBT002
        bool, typer.Option("--new-key-stdin", help="Read the new secret key from the first line of standard input.")
    ] = False,
    lost: Annotated[  # noqa: FBT002
        bool, typer.Option("--lost", help="The old key is lost for good: begin anew with the one that is set.")
    ] = False,
) -> None:
    """Replace the secret key and all keys behind it, while the gateway is stopped. What was sealed is sealed anew."""
    from relaypacs.cli.admin_keys import replace_lost, rotate  # noqa: PLC0415 - needs the server's libraries

    if lost:
        replace_lost()
    else:
        rotate(keep_sessions=not end_sessions, from_stdin=new_key_stdin)


def receipt_keys(
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,  # noqa: FBT002
) -> None:
    """List the public keys that custody receipts of this gateway are signed with, the present one first."""
    from relaypacs.cli.admin_keys import list_receipt_keys  # noqa: PLC0415 - as above

    list_receipt_keys(as_json=as_json)
