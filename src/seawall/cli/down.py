"""`seawall down`: stop the stack, wherever it was started, and wait until everything is down."""

import argparse

from seawall.cli import options


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    options.command(commands, common, "down", run, brief="stop the stack", description=__doc__)


def run(arguments: argparse.Namespace) -> int:
    """Stop the stack; returns 0 when nothing of it runs, also if nothing did."""
    from seawall.cli.output import print_json, print_line  # noqa: PLC0415
    from seawall.local.state import read  # noqa: PLC0415
    from seawall.local.stop import stop  # noqa: PLC0415

    folder = options.state_folder(arguments.file)
    state = read(folder)
    found = stop(folder)
    running = [name for name, child in state.children.items() if child.pid] if state is not None else []
    if arguments.json:
        print_json({"pid": found.pid if found else None, "stopped": running if found else []})
    elif found is None:
        print_line(f"nothing is up in {folder.parent}")
    else:
        print_line(f"stopped {', '.join(running) or 'the stack'} (process {found.pid})")
    return 0
