"""``compose/README.md``: the commands that bring the system up with Docker alone, without Seawall."""

from collections.abc import Iterator

from seawall import contract
from seawall.render.compose import monitoring, secrets
from seawall.render.compose.project import Project, listening, port_variable
from seawall.stack import Program


def text(project: Project) -> str:
    """The whole page. It holds names only: of no secret the value."""
    stack, environment = project.system.stack.name, project.system.environment.name
    lines = [
        f"# {stack} with Docker Compose",
        "",
        f"The environment `{environment}` on one machine, each service once. It needs Docker 25 or newer with Compose",
        "2.23 or newer, and nothing of Seawall. Run the commands in this folder, in this order.",
        "",
        "## Once: the secrets",
        "",
        "Compose hands a container the file as it is, so each is readable for all in a folder that is yours alone. Git",
        "ignores them.",
        "",
        *_block(*_secrets(project)),
        "",
        "## Build and start",
        "",
        *_block(
            f'{contract.RELEASE}="$(git rev-parse HEAD)" docker compose build', "docker compose up --detach --wait"
        ),
        "",
        "When that ends without an error, everything is healthy and migrated:",
        "",
        *_addresses(project),
        "",
        "A port that is taken is moved by its variable, here or in a file `.env` beside `compose.yaml`:",
        "",
        *_block(f"{port_variable(next(iter(project.ports)))}=9999 docker compose up --detach --wait"),
        "",
        "## Look, stop, delete",
        "",
        *_block(
            "docker compose ps",
            "docker compose logs --follow",
            "docker compose down",
            "docker compose down --volumes  # and the data",
        ),
        "",
        "## Metrics and logs",
        "",
        "The profile `monitoring` adds Prometheus and Grafana, whose user is `admin`; the profile `logs` adds Loki and",
        "Grafana. For the latter, a second file has Docker send all lines to Vector, which hands them to Loki.",
        "",
        *_block(
            f"openssl rand -hex 24 > {secrets.FOLDER}/{monitoring.PASSWORD}",
            f"chmod 644 {secrets.FOLDER}/{monitoring.PASSWORD}",
            "docker compose --profile monitoring up --detach --wait",
            "docker compose --file compose.yaml --file logs.yaml --profile logs up --detach --wait",
        ),
    ]
    return "\n".join(lines) + "\n"


def _secrets(project: Project) -> Iterator[str]:
    yield f"chmod 700 {secrets.FOLDER}"
    for name in secrets.generated(project):
        # A database keeps the password that it was made with.
        yield f"test -e {secrets.FOLDER}/{name} || openssl rand -hex 24 > {secrets.FOLDER}/{name}"
    for name in secrets.asked(project):
        yield f"cat > {secrets.FOLDER}/{name}  # type or paste the value, then Ctrl-D"
    for each in project.workloads:
        if isinstance(each, Program):
            file = f"{secrets.FOLDER}/{each.name}.env"
            for at, (name, value) in enumerate(secrets.variables(project, each).items()):
                yield f'echo "{name}={value}" {">>" if at else ">"} {file}'
    yield f"chmod 644 {secrets.FOLDER}/*"


def _addresses(project: Project) -> Iterator[str]:
    edge = next(iter(project.ports), "") if project.is_public else ""
    if edge:
        paths = ", ".join(f"`{each.path}` is {each.name}" for each in project.system.public)
        yield f"- <http://localhost:{project.ports[edge]}/>, also from other machines: {paths}"
    for each in project.workloads:
        if each.name in project.ports:
            path = "/health" if listening(each) else "/"
            yield f"- <http://localhost:{project.ports[each.name]}{path}>: {each.name}, from this machine only"


def _block(*commands: str) -> list[str]:
    return ["```sh", *commands, "```"]
