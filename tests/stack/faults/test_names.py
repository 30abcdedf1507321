from tests.stack.written import said


def test_two_services_of_one_name_with_both_places() -> None:
    assert said('one = Postgres("db")', 'two = Postgres("db", version=17)', "return [one, two]") == [
        "SW202 5 service 'db' defined at stack.py:4:11 and stack.py:5:11"
    ]


def test_a_service_that_is_listed_twice() -> None:
    assert said('db = Postgres("db")', "return [db, db]") == [
        "SW202 4 service 'db' is listed 2 times, defined at stack.py:4:10"
    ]


def test_two_services_that_claim_one_kubernetes_service() -> None:
    assert said('return [Postgres("db"), Api("api", app="a:b", service_name="db")]') == [
        "SW202 4 the Kubernetes Service 'db' claimed at stack.py:4:13 and stack.py:4:29"
    ]


def test_a_service_with_the_name_of_the_proxy() -> None:
    assert said('return [Api("edge", app="a:b")]') == [
        "SW202 4 a service called 'edge', which is the name of the proxy in front of all"
    ]
