"""Three services in Python with HTTP between them, a background worker, and one trace through all of it."""

from seawall.stack import Api, Autoscale, Environment, Monitoring, Postgres, Service, Worker, stack


@stack("shop", registry="ghcr.io/acme", minimal_images=True, environments=[
    Environment("staging", namespace="staging", disposable=True, monitoring=Monitoring(traces=True)),
    Environment("prod", host="shop.example.com", monitoring=Monitoring(traces=True)),
])  # fmt: skip
def shop(env: Environment) -> list[Service]:
    prod = env.name == "prod"
    scale = Autoscale(1, 5, cpu=50, vpa="recommend")
    orders_db = Postgres("orders-db", migrations="migrations/orders", storage="20Gi" if prod else "1Gi")
    inventory_db = Postgres("inventory-db", migrations="migrations/inventory", storage="5Gi" if prod else "1Gi")
    inventory = Api(
        "inventory",
        app="inventory.api:app",
        uses=[inventory_db],
        port=8002,
        readiness="/health",
        service_account="inventory-sa",
        scale=scale,
        traced=True,
    )
    orders = Api(
        "orders",
        app="orders.api:app",
        uses=[orders_db, inventory],
        port=8001,
        readiness="/health",
        service_account="orders-sa",
        scale=scale,
        traced=True,
    )
    fulfilment = Worker(
        "fulfilment",
        jobs="orders.jobs:jobs",
        uses=[orders_db, inventory],
        service_account="orders-sa",
        traced=True,
    )
    gateway = Api(
        "api-gateway",
        app="gateway.api:app",
        uses=[orders, inventory],
        path="/",
        port=8000,
        readiness="/health",
        service_account="gateway-sa",
        scale=scale,
        traced=True,
    )
    return [orders_db, inventory_db, inventory, orders, fulfilment, gateway]
