"""``python -m seawall`` is the command `seawall`."""

from seawall.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
