"""`seawall open`: show the running stack, or one of its services, in the browser."""

import argparse

from seawall.cli import options


def register(commands: "options.Commands", common: argparse.ArgumentParser) -> None:
    """Add the command to the command line."""
    parser = options.command(commands, common, "open", run, brief="open the stack in the browser", description=__doc__)
    parser.add_argument("service", metavar="SERVICE", nargs="?", help="default: the stack itself")


def run(arguments: argparse.Namespace) -> int:
    """Print the URL and open it; with ``--json``, only print it."""
    import webbrowser  # noqa: PLC0415

    from seawall.cli.output import print_json, print_line  # noqa: PLC0415

    _, state = options.running(arguments.file)
    name = arguments.service or next(iter(state.urls), state.stack)
    if name not in state.urls:
        raise options.unknown(name, list(state.urls))
    url = state.urls[name]
    if arguments.json:
        print_json({"service": name, "url": url})
        return 0
    print_line(url)
    webbrowser.open(url)  # without a browser it says no; the URL is there to be copied
    return 0
