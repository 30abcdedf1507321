"""One FastAPI app and everything around it: TLS, canary, sealed secrets, mesh, GitOps, monitoring."""

from seawall.stack import (
    Api,
    ArgoCD,
    Autoscale,
    Canary,
    Environment,
    ErrorRate,
    LetsEncrypt,
    Mesh,
    Monitoring,
    Rolling,
    SealedSecrets,
    Secret,
    Slack,
    Unreachable,
    stack,
)

monitoring = Monitoring(logs=True, notify=Slack(Secret("SLACK_WEBHOOK_URL")))


@stack(
    "greeter",
    registry="ghcr.io/acme",
    gitops=ArgoCD("https://github.com/acme/greeter"),
    environments=[
        Environment(
            "dev",
            namespace="dev",
            host="dev.greeter.example.com",
            tls=LetsEncrypt("ops@example.com", staging=True),
            secrets=SealedSecrets(),
            mesh=Mesh(),
            monitoring=monitoring,
            disposable=True,
        ),
        Environment(
            "prod",
            namespace="prod",
            host="greeter.example.com",
            tls=LetsEncrypt("ops@example.com"),
            secrets=SealedSecrets(),
            mesh=Mesh(),
            monitoring=monitoring,
        ),
    ],
)
def greeter(env: Environment) -> list[Api]:
    prod = env.name == "prod"
    timezones = Api("timezones", app="timezones.main:app", path="/timezones", port=8001, scale=2 if prod else 1)
    app = Api(
        "greeter",
        app="app.main:app",
        path="/",
        uses=[timezones],
        config={"TIMEZONE_OFFSET": "0", "GREETING": "Hello" if prod else "Hello from dev"},
        secrets=[Secret("DUMMY_API_KEY"), Secret("SECRET_MESSAGE")],
        scale=Autoscale(2, 10, cpu=70) if prod else 1,
        release=Canary(5, 25, 50) if prod else Rolling(),
        alerts=[
            ErrorRate("GreeterHighErrorRate", above_percent=5, for_minutes=5, severity="critical"),
            Unreachable("GreeterDown", for_minutes=1, severity="critical"),
        ],
    )
    return [timezones, app]
