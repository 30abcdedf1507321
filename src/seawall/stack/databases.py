"""How a database runs in a cluster beyond the default: its backups, and the operator that looks after it."""

from dataclasses import KW_ONLY
from typing import Annotated

from seawall.stack.provenance import Placed, frozen
from seawall.stack.rules import Cron, Line, Matches, Positive, Quantity

BucketUrl = Annotated[str, Matches(r"s3://[a-z0-9][a-z0-9.-]+(/[^\s/]+)*/?", "a bucket, such as 's3://backups/orders'")]
Endpoint = Annotated[str, Matches(r"https?://[^\s/]+/?", "the URL of a server, such as 'https://s3.example.com'")]
RoleArn = Annotated[str, Matches(r"arn:[a-z-]+:iam::\d{12}:role/\S+", "the ARN of an IAM role")]


@frozen(kw_only=True)
class Backup(Placed):
    """Dumps of a rendered database by ``pg_dump``, on a claim of their own, and a test that restores the newest one.

    `schedule` and `test` are cron expressions of five fields in `time_zone`: when to dump, and when to restore the
    newest dump into a throw-away database and look at it. The test fails where the newest is older than twice the time
    that `schedule` lets pass. A dump is deleted after `keep_days`, the newest never;
    `storage` holds them all, and bounds what the restored database may take.
    """

    schedule: Cron = "0 2 * * *"
    test: Cron = "0 4 * * 1"
    time_zone: Line = "Etc/UTC"
    keep_days: Positive = 14
    storage: Quantity = "10Gi"


@frozen
class ObjectStore(Placed):
    """Where CloudNativePG's Barman Cloud plugin keeps base backups and every change between them: a bucket of S3.

    `destination` is the bucket and a path in it, `endpoint` its server where that is not Amazon's. `schedule` says when
    a base backup is taken, as a cron expression of five fields in UTC; any moment of the last `keep_days` can be
    restored. The pods act as the IAM role `role`; without one, ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY`` are
    two more secrets.
    """

    destination: BucketUrl
    _: KW_ONLY
    endpoint: Endpoint | None = None
    role: RoleArn | None = None
    schedule: Cron = "0 2 * * *"
    keep_days: Positive = 30


@frozen(kw_only=True)
class CloudNativePG(Placed):
    """The operator CloudNativePG runs the database: `instances` of it with failover, and its log on `wal_storage`.

    From two instances on, a commit waits for one standby. `store` is where backups go; without it there are none.
    """

    instances: Positive = 3
    wal_storage: Quantity = "5Gi"
    store: ObjectStore | None = None
