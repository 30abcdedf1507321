"""Procrastinate: see common.py. Bulk is `batch_defer_async`."""

import uvloop
from common import arguments, enqueue_as, numbers, ran
from procrastinate import App, PsycopgConnector


async def main() -> None:
    command, url, number = arguments()
    app = App(connector=PsycopgConnector(conninfo=url, min_size=10, max_size=10))

    @app.task(name="noop")
    async def noop(sent: float) -> None:
        ran(sent)

    async with app.open_async():
        if command == "install":
            await app.schema_manager.apply_schema_async()
        elif command == "worker":
            await app.run_worker_async(concurrency=number, delete_jobs="successful", fetch_job_polling_interval=1)
        else:

            async def transactional(sent: float) -> None:
                async with app.connector.pool.connection() as connection, connection.transaction():
                    await connection.execute("select 1")
                    await noop.configure(connection=connection).defer_async(sent=sent)

            await enqueue_as(
                command,
                number,
                lambda sent: noop.defer_async(sent=sent),
                lambda many: noop.batch_defer_async(*({"sent": 0.0} for _ in range(many))),
                urgent=lambda sent: noop.configure(priority=9).defer_async(sent=sent),
                transactional=transactional,
                numbered=lambda many: noop.batch_defer_async(*({"sent": each} for each in numbers(int(many)))),
            )


if __name__ == "__main__":
    uvloop.run(main())
