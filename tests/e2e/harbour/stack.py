"""A system for the tests of the life cycle: programs that behave badly, on a database, quick to start."""

from seawall.stack import Environment, Postgres, Program, Service, stack


@stack("harbour", environments=[
    Environment("calm", disposable=True),  # all behave
    Environment("rough", disposable=True),  # one ignores SIGTERM, and has children and grandchildren that do too
    Environment("leaky", disposable=True),  # one ends as soon as it has started; no database
])  # fmt: skip
def harbour(env: Environment) -> list[Service]:
    if env.name == "leaky":
        return [Program("boat", command=["sh", "-c", "seq 30; exit 3"], port=3310)]
    db = Postgres("db", migrations="migrations")
    manners = ["--deaf", "--family"] if env.name == "rough" else []
    pier = Program("pier", command=["python3", "-I", "-S", "pier.py", *manners], uses=[db], port=3311)
    boat = Program("boat", command=["python3", "-I", "-S", "pier.py"], uses=[pier], port=3310, path="/")
    return [db, pier, boat]
