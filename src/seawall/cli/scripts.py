"""Completion scripts for shells, out of a description of the command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_KINDS: Final[Mapping[str, str]] = {
    "SERVICE": "Api|Worker|Site|Program|Postgres",
    "NAME": "Environment",
}
# Names come out of stack.py as it is written. It is read, not run: completing must be quick and without effects.
_FIND: Final = r"""d=$PWD
  until [ -z "$d" ] || [ -f "$d/stack.py" ]; do d=${d%/*}; done
  [ -f "$d/stack.py" ] || return 0
  tr "\n" " " < "$d/stack.py" | grep -oE "($1)\( *[\"'][a-z0-9-]+" | grep -oE "[a-z0-9-]+\$" | sort -u"""


@dataclass(frozen=True)
class Option:
    """An option by its `flags`, or an argument, which has none; `value` is its metavar, empty where it takes none."""

    flags: tuple[str, ...]
    value: str
    help: str


@dataclass(frozen=True)
class Command:
    """One command; `arguments` are the metavars of what is no option."""

    name: str
    brief: str
    options: tuple[Option, ...]
    arguments: tuple[str, ...]

    def flags(self) -> list[str]:
        """Every spelling of every option."""
        return [flag for option in self.options for flag in option.flags]

    def words(self) -> list[str]:
        """What a shell may offer as its argument without asking the stack."""
        return [word for value in self.arguments for word in _choices(value)]


def bash(commands: Sequence[Command]) -> str:
    """For bash: ``source <(seawall completion bash)``."""
    return "\n".join([
        *_names_function(),
        "_seawall() {",
        '  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command="" words="" word',
        '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        "    case $word in -*) ;; *) command=$word; break ;; esac",
        "  done",
        '  case "$command $prev" in',
        '    *" --file") COMPREPLY=($(compgen -f -- "$cur")); return ;;',
        *(f'    "{where}") words="{words}" ;;' for where, words in _values(commands)),
        '    *) case "$command" in',
        f'      "") words="{" ".join(command.name for command in commands)} --help --version" ;;',
        *(f'      {command.name}) words="{_offered(command)}" ;;' for command in commands),
        "    esac ;;",
        "  esac",
        '  COMPREPLY=($(compgen -W "$words" -- "$cur"))',
        "}",
        "complete -F _seawall seawall",
    ])  # fmt: skip


def zsh(commands: Sequence[Command]) -> str:
    """For zsh: ``source <(seawall completion zsh)``, or as the file ``_seawall`` in a folder of ``$fpath``."""
    return "\n".join([
        "#compdef seawall",
        *_names_function(),
        "_seawall() {",
        "  local -a commands",
        f"  commands=({' '.join(_quoted(f'{each.name}:{each.brief}') for each in commands)})",
        "  if (( CURRENT == 2 )); then _describe command commands; return; fi",
        '  case "$words[2] $words[CURRENT-1]" in',
        '    *" --file") _files ;;',
        *(f'    "{where}") compadd -- {words} ;;' for where, words in _values(commands)),
        '    *) case "$words[2]" in',
        *(f"      {command.name}) compadd -- {_offered(command)} ;;" for command in commands),
        "    esac ;;",
        "  esac",
        "}",
        "compdef _seawall seawall",
    ])  # fmt: skip


def fish(commands: Sequence[Command]) -> str:
    """For fish: ``seawall completion fish | source``."""
    return "\n".join([
        "function __seawall_names",
        # fish has no functions of sh; `return` becomes `exit`.
        f"  sh -c {_quoted(_FIND.replace('return', 'exit'))} sh $argv[1]",
        "end",
        "complete -c seawall -f",
        *(f"complete -c seawall -n __fish_use_subcommand -a {each.name} -d {_quoted(each.brief)}" for each in commands),
        *(line for command in commands for line in _fish_lines(command)),
    ])  # fmt: skip


def _fish_lines(command: Command) -> Iterator[str]:
    start = f"complete -c seawall -n '__fish_seen_subcommand_from {command.name}'"
    for option in command.options:
        flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
        kind = _KINDS.get(option.value)
        values = f" -x -a '(__seawall_names \"{kind}\")'" if kind else " -x" if option.value else ""
        if choices := _choices(option.value):
            values = f" -x -a {_quoted(' '.join(choices))}"
        values = " -r -F" if option.value == "PATH" else values
        yield f"{start} {flags}{values} -d {_quoted(option.help.replace('%%', '%'))}"
    for value in command.arguments:
        if kind := _KINDS.get(value):
            yield f"{start} -a '(__seawall_names \"{kind}\")'"
    if words := command.words():
        yield f"{start} -a {_quoted(' '.join(words))}"


def _names_function() -> list[str]:
    return ["_seawall_names() {", "  local d", f"  {_FIND}", "}"]


def _values(commands: Sequence[Command]) -> Iterator[tuple[str, str]]:
    """Each command and option whose value is known or is a name in ``stack.py``, and what a shell offers there."""
    for command in commands:
        for option in command.options:
            names = f"$(_seawall_names '{_KINDS[option.value]}')" if option.value in _KINDS else ""
            offered = " ".join([*_choices(option.value), *([names] if names else [])])
            if offered:
                yield from ((f"{command.name} {flag}", offered) for flag in option.flags)


def _choices(value: str) -> list[str]:
    """A metavar such as ``bash|zsh`` names all that can be said."""
    return value.split("|") if "|" in value else []


def _offered(command: Command) -> str:
    names = [f"$(_seawall_names '{_KINDS[value]}')" for value in command.arguments if value in _KINDS]
    return " ".join([*command.words(), *names, *command.flags()])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
