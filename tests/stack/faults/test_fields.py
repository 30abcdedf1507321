import pytest

from tests.stack.written import SECRET, faults, said, written

LABEL = "a DNS label (a-z, 0-9, '-', at most 40)"

WRONG = {
    "text for a number": (
        'Worker("w", jobs="a:b", uses=[db], replicas="two")',
        'w: replicas must be an integer ≥ 0 (saw "two")',
    ),
    "a bool is no integer": ('Api("a", app="a:b", port=True)', "a: port must be an integer from 1 to 65535 (saw True)"),
    "an integer is no bool": ('Api("a", app="a:b", traced=1)', "a: traced must be True or False (saw 1)"),
    "a fraction is no integer": ('Api("a", app="a:b", pool=1.5)', "a: pool must be an integer ≥ 1 (saw 1.5)"),
    "below the range": ('Api("a", app="a:b", port=0)', "a: port must be an integer from 1 to 65535 (saw 0)"),
    "above the range": ('Api("a", app="a:b", port=65536)', "a: port must be an integer from 1 to 65535 (saw 65536)"),
    "not a number": (
        'Api("a", app="a:b", drain=float("nan"))',
        "a: drain must be a number from 0 to 86400 (saw nan)",
    ),
    "a choice": (
        'Api("a", app="a:b", readiness="/healthz")',
        "a: readiness must be '/ready' or '/health' (saw \"/healthz\")",
    ),
    "a reference": (
        'Api("a", app="orders.api")',
        "a: app must be module:name, such as 'orders.api:app' (saw \"orders.api\")",
    ),
    "a path": (
        'Api("a", app="a:b", path="/api/")',
        "a: path must be an absolute path without a trailing slash, such as '/api' (saw \"/api/\")",
    ),
    "a path that climbs": (
        'Site("a", root="web", path="/../x")',
        "a: path must be an absolute path without a trailing slash, such as '/api' (saw \"/../x\")",
    ),
    "an absolute folder": (
        'Site("a", root="/web")',
        'a: root must be a folder relative to stack.py (saw "/web")',
    ),
    "no range of addresses": (
        'Api("a", app="a:b", egress=[Cidr("10.0.0.1/8")])',
        "Cidr: block must be a range of addresses, such as '203.0.113.0/24' (saw \"10.0.0.1/8\")",
    ),
    "a quantity": (
        'Postgres("a", storage="ten")',
        "a: storage must be a Kubernetes quantity above 0, such as '250m' or '1Gi' (saw \"ten\")",
    ),
    "a version that PostgreSQL does not have yet": (
        'Postgres("a", version=99)',
        "a: version must be an integer from 15 to 18 (saw 99)",
    ),
    "a service instead of a list": (
        'Api("a", app="a:b", uses=db)',
        "a: uses must be a list, each item a Service or the name of one (saw a Postgres)",
    ),
    "text instead of a list": (
        'Site("a", root="web", dev="npm run dev")',
        'a: dev must be a list, each item a string (saw "npm run dev")',
    ),
    "one item of a list": ('Site("a", root="web", dev=["npm", 1])', "a: dev[1] must be a string (saw 1)"),
    "a list where text is wanted": (
        'Api("a", app=["a:b"])',
        "a: app must be module:name, such as 'orders.api:app' (saw a list)",
    ),
    "a number for either of two kinds": (
        'Api("a", app="a:b", scale=0.5)',
        "a: scale must be an integer ≥ 0 or an Autoscale (saw 0.5)",
    ),
    "a class instead of a value": (
        'Api("a", app="a:b", release=Rolling)',
        "a: release must be a Rolling, a Canary or a BlueGreen (saw the class Rolling)",
    ),
    "inside another value": (
        'Api("a", app="a:b", scale=Autoscale(0, 3))',
        "Autoscale: minimum must be an integer ≥ 1 (saw 0)",
    ),
    "inside a list of values": (
        'Api("a", app="a:b", alerts=[Unreachable("down", for_minutes=1, severity="critical")])',
        "Unreachable: name must be a CamelCase name, such as 'APIDown' (saw \"down\")",
    ),
    "config that is no text": ('Api("a", app="a:b", config={"N": 5})', "a: config['N'] must be a string (saw an int)"),
    "config under a name that no shell could set": (
        'Api("a", app="a:b", config={"A-B": "x"})',
        'a: config key must be a variable\'s name, such as STRIPE_KEY (saw "A-B")',
    ),
    "config that is no dict": (
        'Api("a", app="a:b", config=[1])',
        "a: config must be a dict, each key a variable's name, such as STRIPE_KEY, each value a string (saw a list)",
    ),
}


@pytest.mark.parametrize(("call", "message"), WRONG.values(), ids=WRONG)
def test_wrong_type_or_range(call: str, message: str) -> None:
    assert said('db = Postgres("db")', f"return [db, {call}]") == [f"SW201 5 {message}"]


@pytest.mark.parametrize(
    ("name", "fix"), [("My_Api", "'my-api'"), ("9lives", ""), ("a" * 41, ""), ("-", ""), ("Ünicode", "'nicode'")]
)
def test_bad_name_and_the_nearest_good_one(name: str, fix: str) -> None:
    (problem,) = faults(written(f"return [Postgres({name!r})]"))
    assert (problem.code, problem.message, problem.fix) == ("SW203", f"service name {name!r} is not {LABEL}", fix)


def test_bad_names_of_other_things_than_services() -> None:
    text = written(
        'return [Api("a", app="a:b", service_name="A")]', environments='[Environment("Dev", namespace="N_S")]'
    )
    assert [(problem.code, problem.message) for problem in faults(text.replace('"bakery"', '"B"'))] == [
        ("SW203", f"stack name 'B' is not {LABEL}"),
        ("SW203", f"environment name 'Dev' is not {LABEL}"),
        ("SW203", f"environment Dev: namespace 'N_S' is not {LABEL}"),
        ("SW203", f"a: service_name 'A' is not {LABEL}"),
    ]


def test_an_argument_of_a_call_over_several_lines_is_found_at_its_own_line() -> None:
    text = written("return [", "    Api(", '        "a",', '        app="a:b",', "        port=0,", "    ),", "]")
    (problem,) = faults(text)
    assert str(problem.place) == "stack.py:8:13"


FIXES = {
    'Api("a", app="a:b", port="3000")': "port=3000",
    'Api("a", app="a:b", port=0)': "port=8000",
    'Api("a", app="a:b", pool=2.0)': "pool=2",
    'Api("a", app="a:b", drain="nan")': "",
    'Api("a", app="a:b", traced="yes")': "traced=True",
    'Api("a", app="a:b", scale="2")': "scale=2",
    'Api("a", app="a:b", release=Rolling)': "release=Rolling()",
    'Api("a", app="a:b", readiness="/healthz")': 'readiness="/health"',
    'Api("a", app="a:b", path="api")': 'path="/api"',
    'Api("a", app="a:b", path="/api/")': 'path="/api"',
    'Api("a", app="a:b", path=None, source="/src")': 'source="src"',
    'Api("a", app="a:b", source="/home/ann/src")': "",
    'Api("a", app="orders.api")': 'app="orders.api:app"',
    'Api("a", app="orders/api.py:main")': 'app="orders.api:main"',
    'Api("a", app=["a:b"])': 'app="a:b"',
    'Api("a", app="a:b", secrets=["STRIPE_KEY"])': 'Secret("STRIPE_KEY")',
    'Api("a", app="a:b", secrets="STRIPE_KEY")': 'secrets=[Secret("STRIPE_KEY")]',
    'Api("a", app="a:b", secrets=["AKIAIOSFODNN7EXAMPLE"])': 'Secret("STRIPE_KEY")',
    'Api("a", app="a:b", config={"N": 5})': "write the value in quotes",
    'Api("a", app="a:b", config={"A-B": "x"})': '"A_B"',
    'Api("a", app="a:b", egress=[Internet])': "Internet()",
    'Api("a", app="a:b", egress=["203.0.113.0/24"])': 'Cidr("203.0.113.0/24")',
    'Api("a", app="a:b", uses=[Postgres])': 'Postgres("name")',
    'Api("a", app="a:b", uses="db")': 'uses=["db"]',
    'Api("a", app="a:b", uses=db)': "uses=[...]",
    'Worker("a", jobs="a", uses=[db])': 'jobs="a:jobs"',
    'Site("a", root="web", dev="npm run dev")': 'dev=["npm", "run", "dev"]',
    'Site("a", root="web", dev="sh -c \'a b\'")': 'dev=["sh", "-c", "a b"]',
    'Api("a", app="a:b", uses=[5])': "",
    'Postgres("a", storage="1 GB")': 'storage="1Gi"',
    'Postgres("a", storage="512mb")': 'storage="512Mi"',
    'Postgres("a", storage=5)': "",
    'Postgres("a", resources=Resources(cpu=0.5))': 'cpu="0.5"',
    'Postgres("a", resources=Resources(cpu="100 m"))': 'cpu="100m"',
    'Postgres("a", version="17")': "version=17",
    'Postgres("a", version=99)': "version=18",
    'Postgres("a", managed="postgresql://u:p@h/d")': 'managed=Secret("DATABASE_URL")',
}


@pytest.mark.parametrize(("call", "fix"), FIXES.items(), ids=FIXES)
def test_what_to_write_instead(call: str, fix: str) -> None:
    (problem,) = faults(written('db = Postgres("db")', f"return [db, {call}]"))
    assert (problem.code, problem.fix) == ("SW201", fix)


def test_labels_are_ones_that_kubernetes_takes() -> None:
    labels = 'labels={"re lease": "x", "release": "a b", "team.example/owner": ""}'
    environments = f'[Environment("dev", monitoring=Monitoring({labels}))]'
    found = faults(written('return [Postgres("db")]', environments=environments))
    assert [problem.message.partition(" (")[0] for problem in found] == [
        "Monitoring: labels key must be a label's key, such as 'release'",
        "Monitoring: labels['release'] must be a label's value, such as 'monitoring'",
    ]


def test_an_environment_by_its_name_alone() -> None:
    (problem,) = faults(written('return [Postgres("db")]', environments='["dev"]'))
    assert (problem.code, problem.fix) == ("SW201", 'Environment("dev")')


@pytest.mark.parametrize("uses", ["[Postgres]", "Postgres"])
def test_the_class_instead_of_a_database_is_one_error(uses: str) -> None:
    (problem,) = faults(written(f'return [Worker("w", jobs="a:b", uses={uses})]'))
    assert problem.code == "SW201"
    assert 'Postgres("name")' in problem.fix


@pytest.mark.parametrize(
    "call",
    [
        f'Api("a", app="a:b", secrets=[Secret("sk {SECRET}")])',
        f'Api("a", app="a:b", secrets=["{SECRET}"])',
        f'Api("a", app="a:b", secrets="{SECRET}")',
        f'Postgres("a", managed="postgres://u:{SECRET}@h/db")',
        f'Api("a", app="a:b", config={{"N": ["{SECRET}"]}})',
        f'Api("a", app="postgres://u:{SECRET}@h/db")',
        f'Api("a", app="u:{SECRET}@h/db")',
    ],
)
def test_a_pasted_secret_is_not_repeated(call: str) -> None:
    assert [problem.code for problem in faults(written(f"return [{call}]"))] == ["SW201"]


def test_a_long_value_is_cut() -> None:
    (problem,) = faults(written(f'return [Api("a", app="{"x" * 1000}")]'))
    assert len(problem.message) < 200


def test_control_characters_are_made_visible() -> None:
    (problem,) = faults(written(r'return [Api("a", app="\x1b[2J")]'))
    assert problem.message.endswith(r'(saw "\u001b[2J")')


def test_a_faulty_argument_hides_no_other_rule() -> None:
    assert said(
        "db = Postgres(5)",
        'api = Api("a", app="a:b", uses=[db, "pg", 7], config={"PORT": "1", "N": 5})',
        'return [db, api, Worker("w", jobs="a:b", uses="a", replicas=2, singleton=True)]',
    ) == [
        "SW201 4 Postgres: name must be a DNS label (a-z, 0-9, '-', at most 40) (saw 5)",
        "SW201 5 a: uses[2] must be a Service or the name of one (saw 7)",
        "SW205 5 a depends on 'pg', which is not defined; defined: 5, w",
        "SW201 5 a: config['N'] must be a string (saw an int)",
        "SW208 5 a: config sets PORT, which the platform sets",
        'SW201 6 w: uses must be a list, each item a Service or the name of one (saw "a")',
        "SW209 6 worker 'w' uses no Postgres to hold its queue",
        "SW210 6 w: singleton means never two, and replicas is 2",
    ]
