-- Every statement of the PostgreSQL store. `-- name: x` begins the statement x; `state + 0 = 1` keeps the planner from
-- an index on the state where the primary key is the way. `history_of_today` is the table of the weekday: such a statement
-- is there once for each, as `x_0` to `x_6`. Plans are made once, perhaps while the table is empty: so what is one of a few
-- ids says so with `= any`, where a join might read the whole table, and `(select ... limit 1) is null` is no join either.

-- name: enqueue
with fresh as (
    insert into seawall.jobs (queue, name, args, state, priority, run_at, max_attempts, skip_dead, release, tick,
        traceparent)
    select m.queue, m.name, m.args::json, 0, m.priority, coalesce(m.run_at, now()) + m.delay, m.max_attempts,
        m.skip_dead, m.release, m.tick, m.traceparent
    from unnest(
        $1::text[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::interval[], $7::smallint[],
        $8::boolean[], $9::text[], $10::timestamptz[], $11::text[]
    ) with ordinality as m (
        queue, name, args, priority, run_at, delay, max_attempts, skip_dead, release, tick, traceparent, nth
    )
    order by m.nth
    returning id
)
select id, (select pg_notify($12, '') where $12::text is not null) from fresh order by id

-- name: enqueue_alike
-- Many that differ in their arguments alone: in half the time.
with fresh as (
    insert into seawall.jobs (queue, name, args, state, priority, run_at, max_attempts, skip_dead, release, tick,
        traceparent)
    select $1, $2, a::json, 0, $4, coalesce($5::timestamptz, now()) + $6::interval, $7, $8, $9, $10, $11
    from unnest($3::text[]) a
    returning id
)
select id, (select pg_notify($12, '') where $12::text is not null) from fresh order by id

-- name: enqueue_one
with fresh as (
    insert into seawall.jobs (queue, name, args, state, priority, run_at, max_attempts, skip_dead, release, tick,
        traceparent)
    values ($1, $2, $3::text::json, 0, $4, coalesce($5::timestamptz, now()) + $6::interval, $7, $8, $9, $10, $11)
    returning id
)
select id, (select pg_notify($12, '') where $12::text is not null) from fresh

-- name: lock_keys
-- Held to the end of the transaction: ids within a key are given in the order of commits. In one order for all, so that
-- two enqueuers of the same keys do not wait for each other.
select pg_advisory_xact_lock(hashtextextended(k, 0)) from unnest($1::text[]) k

-- name: enqueue_keyed
-- The state is a hint that keeps a waiting job out of the index of the ready; the claim looks for itself.
with fresh as (
    insert into seawall.jobs (queue, name, args, priority, run_at, max_attempts, skip_dead, release, tick, traceparent,
        key, state)
    select m.queue, m.name, m.args::json, m.priority, coalesce(m.run_at, now()) + m.delay, m.max_attempts,
        m.skip_dead, m.release, m.tick, m.traceparent, m.key,
        case
            when m.key is null then 0
            when row_number() over (partition by m.key order by m.nth) > 1 or exists (
                select from seawall.jobs a where a.key = m.key and not (a.state = 3 and a.skip_dead)
            ) then 2
            else 0
        end
    from unnest(
        $1::text[], $2::text[], $3::text[], $4::smallint[], $5::timestamptz[], $6::interval[], $7::smallint[],
        $8::boolean[], $9::text[], $10::timestamptz[], $11::text[], $13::text[]
    ) with ordinality as m (
        queue, name, args, priority, run_at, delay, max_attempts, skip_dead, release, tick, traceparent, key, nth
    )
    order by m.nth
    returning id
)
select id, (select pg_notify($12, '') where $12::text is not null) from fresh order by id

-- name: weekday
select extract(dow from clock_timestamp() at time zone 'UTC')::int

-- name: ring
select pg_notify($1, $2)

-- name: register
insert into seawall.workers (id, lease, pid, concurrency, instance, release, crons)
values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)

-- name: beat
update seawall.workers set beat = clock_timestamp()
where id = $1 and not stopped and died_with is null
returning true

-- name: release
-- A row names its worker only while it runs under that worker's claim, or is set aside for it.
update seawall.jobs set state = 0, attempt = attempt - 1, worker = null
where state = 1 and worker = $1 and id <> all ($2::bigint[])
returning id

-- name: put_back
update seawall.jobs j set state = 0, attempt = j.attempt - 1, worker = null
where j.id = any ($1::bigint[]) and j.state + 0 = 1
    and j.claim = ($2::bigint[])[array_position($1::bigint[], j.id)]
returning j.id

-- name: leave
delete from seawall.workers where id = $1

-- name: leave_later
-- The process ends within the second that it has left; then what it could not end is anybody's.
update seawall.workers set stopped = true, beat = clock_timestamp() - lease + interval '1 second' where id = $1

-- name: claim
with recursive levels as (
    (select priority from seawall.jobs where state = 0 and queue = $2 order by priority desc limit 1)
    union all
    select (
        select j.priority from seawall.jobs j
        where j.state = 0 and j.queue = $2 and j.priority < l.priority order by j.priority desc limit 1
    )
    from levels l where l.priority is not null
), picked as materialized (
    select due.id
    from levels cross join lateral (
        select j.id from seawall.jobs j
        where j.state = 0 and j.queue = $2 and j.priority = levels.priority and j.run_at <= now()
            and j.crashes < $5 and not j.cancel_requested
            and j.name = any (array(
                select n from unnest($3::text[]) n
                where not exists (select from seawall.pauses p where p.kind = 'job' and p.name = n)
            ))
            and (j.key is null or not exists (
                select from seawall.jobs a
                where a.key = j.key and a.id < j.id and not (a.state = 3 and a.skip_dead)
            ))
        order by j.run_at, j.id
        limit $4
        for update skip locked
    ) due
    limit $4
)
update seawall.jobs j
set state = 1, claim = j.claim + 1, attempt = j.attempt + 1, worker = $1, claimed_at = clock_timestamp()
where j.id = any (array(select id from picked))  -- a join would be planned for a tenth of the table, and read it all
    and exists (select from seawall.workers w where w.id = $1 and not w.stopped and w.beat > now() - w.lease)
    and not exists (select from seawall.pauses p where p.kind = 'queue' and p.name = $2)
returning j.id, j.claim, j.queue, j.name, j.args, j.key, j.priority, j.attempt, j.max_attempts, j.crashes,
    j.enqueued_at, j.tick, j.release, j.run_at, j.traceparent

-- name: claim_from
-- The same behind the job $8 of the priority $6, see stores/resume.py.
with picked as materialized (
    select j.id from seawall.jobs j
    where j.state = 0 and j.queue = $2 and j.priority = $6 and (j.run_at, j.id) > ($7, $8) and j.run_at <= now()
        and j.crashes < $5 and not j.cancel_requested
        and j.name = any (array(
            select n from unnest($3::text[]) n
            where not exists (select from seawall.pauses p where p.kind = 'job' and p.name = n)
        ))
        and (j.key is null or not exists (
            select from seawall.jobs a where a.key = j.key and a.id < j.id and not (a.state = 3 and a.skip_dead)
        ))
    order by j.run_at, j.id
    limit $4
    for update skip locked
)
update seawall.jobs j
set state = 1, claim = j.claim + 1, attempt = j.attempt + 1, worker = $1, claimed_at = clock_timestamp()
where j.id = any (array(select id from picked))
    and exists (select from seawall.workers w where w.id = $1 and not w.stopped and w.beat > now() - w.lease)
    and not exists (select from seawall.pauses p where p.kind = 'queue' and p.name = $2)
returning j.id, j.claim, j.queue, j.name, j.args, j.key, j.priority, j.attempt, j.max_attempts, j.crashes,
    j.enqueued_at, j.tick, j.release, j.run_at, j.traceparent

-- name: reserve
-- A job that may have killed its workers waits for one that holds nothing else; one worker at a time makes room for it.
update seawall.jobs set worker = $1
where id = (
    select j.id from seawall.jobs j
    where j.state = 0 and j.crashes >= 2 and j.run_at <= now() and j.queue = any ($2) and j.name = any ($3)
        and (j.key is null or not exists (
            select from seawall.jobs a where a.key = j.key and a.id < j.id and not (a.state = 3 and a.skip_dead)
        ))
        and not j.cancel_requested
        and not exists (
            select from seawall.pauses p
            where (p.kind = 'queue' and p.name = j.queue) or (p.kind = 'job' and p.name = j.name)
        )
        and not exists (
            select from seawall.workers w where w.id = j.worker and w.id <> $1 and w.beat > now() - w.lease
        )
    order by j.run_at, j.id
    limit 1
    for update skip locked
)
returning id

-- name: claim_reserved
-- It has waited until nothing else ran: it may be paused by now.
update seawall.jobs j
set state = 1, claim = j.claim + 1, attempt = j.attempt + 1, claimed_at = clock_timestamp()
where j.id = $2 and j.worker = $1 and j.state + 0 = 0 and not j.cancel_requested
    and not exists (
        select from seawall.pauses p
        where (p.kind = 'queue' and p.name = j.queue) or (p.kind = 'job' and p.name = j.name)
    )
    and exists (select from seawall.workers w where w.id = $1 and not w.stopped and w.beat > now() - w.lease)
returning j.id, j.claim, j.queue, j.name, j.args, j.key, j.priority, j.attempt, j.max_attempts, j.crashes,
    j.enqueued_at, j.tick, j.release, j.run_at, j.traceparent

-- name: finish
-- As done or cancelled ($3), with the error that it ended with.
with gone as (
    delete from seawall.jobs j
    where j.id = any ($1::bigint[]) and j.state + 0 = 1
        and j.claim = ($2::bigint[])[array_position($1::bigint[], j.id)]
    returning j.*
), kept as (
    insert into seawall.history_of_today
        (id, run_at, enqueued_at, claimed_at, tick, claim, worker, state, priority, attempt, max_attempts, crashes,
         queue, name, key, release, traceparent, last_error, args)
    select id, run_at, enqueued_at, claimed_at, tick, claim, worker, $3::smallint, priority, attempt, max_attempts, crashes,
        queue, name, key, release, traceparent, coalesce($4::text, last_error), args
    from gone
)
select id, key from gone

-- name: completed
-- Which of these claims did complete: asked after an answer got lost.
select h.id from unnest($1::bigint[], $2::bigint[]) as h (id, claim)
join seawall.history d on d.id = h.id and d.claim = h.claim and d.state = 4

-- name: await_outcome
-- Waits for a commit that may still be under way, by its lock on the row.
select true from seawall.jobs where id = $1 and claim = $2 and state + 0 = 1 for update

-- name: fail
update seawall.jobs
set state = case when $3::interval is null then 3 else 0 end,
    run_at = case when $3::interval is null then run_at else clock_timestamp() + $3::interval end,
    last_error = $4, worker = null
where id = $1 and claim = $2 and state + 0 = 1
returning key

-- name: to_cancel
select id, claim from seawall.jobs where cancel_requested and worker = $1 and state + 0 = 1

-- name: cancelled_idle
-- What was to be cancelled while it ran, and has come back.
select id from seawall.jobs where cancel_requested and state + 0 in (0, 2)

-- name: mourn
-- The first to find a worker dead notes how many jobs it held; others wait for that, and take it over.
update seawall.workers w
set died_with = coalesce(w.died_with, (select count(*) from seawall.jobs j where j.state = 1 and j.worker = w.id))
where w.beat < now() - w.lease
returning w.id

-- name: rescue
-- What is locked is left for the next time: a process that was stopped within a transaction must hold up no other job.
with held as materialized (
    select j.id, j.worker, coalesce(w.stopped, false) as stopped,
        coalesce(w.died_with, count(*) over (partition by j.worker)) = 1 as alone
    from seawall.jobs j left join seawall.workers w on w.id = j.worker
    where j.state = 1 and (w.id is null or (w.died_with is not null and w.beat < now() - w.lease))
), picked as materialized (
    select j.id from seawall.jobs j
    where j.id = any (array(select id from held)) and j.state + 0 = 1 order by j.id for update skip locked
)
update seawall.jobs j
set state = case
        when h.alone and not h.stopped and (j.crashes + 1 >= $1 or j.attempt >= j.max_attempts) then 3
        else 0
    end,
    attempt = j.attempt - case when h.alone and not h.stopped then 0 else 1 end,
    crashes = j.crashes + case when h.stopped then 0 else 1 end,
    last_error = case when h.stopped then j.last_error else 'its worker died in attempt ' || j.attempt end,
    worker = null
from held h
where j.id = h.id and j.id = any (array(select id from picked)) and j.worker = h.worker and j.state + 0 = 1
returning j.id, j.claim, j.name, j.state, j.crashes, j.key

-- name: bury
delete from seawall.workers w
where w.id = any ($1::uuid[]) and w.died_with is not null
    and not exists (select from seawall.jobs j where j.state = 1 and j.worker = w.id)

-- name: die
update seawall.workers set beat = now() - lease - interval '1 second' where id = $1

-- name: unblock
-- The next of each key, where nothing before it is alive. One that a person put back may find a later one running.
update seawall.jobs set state = 0
where state + 0 = 2 and id = any (array(
    select b.id
    from unnest($1::text[]) as k
    cross join lateral (select id from seawall.jobs where state = 2 and key = k order by id limit 1) b
    where (
        select a.id from seawall.jobs a
        where a.key = k and a.id < b.id and not (a.state = 3 and a.skip_dead) limit 1
    ) is null and (select a.id from seawall.jobs a where a.key = k and a.state + 0 = 1 limit 1) is null
))
returning id

-- name: blocked_keys
with recursive keys as (
    (select key from seawall.jobs where state = 2 order by key limit 1)
    union all
    select (select j.key from seawall.jobs j where j.state = 2 and j.key > k.key order by j.key limit 1)
    from keys k where k.key is not null
)
select key from keys where key is not null

-- name: declare_cron
with seen as (
    insert into seawall.cron_declarations (name, declaration) values ($1, $2) on conflict do nothing
)
insert into seawall.crons (name, declaration) values ($1, $2) on conflict do nothing

-- name: lock_cron
-- Nobody waits for the lock: who holds it deals with the same ticks.
select until, declaration from seawall.crons where name = $1 for update skip locked

-- name: counting_declaration
select d.declaration, clock_timestamp() as moment
from seawall.cron_declarations d
where d.name = $1 and exists (
    select from seawall.workers w where w.beat > now() - w.lease and not w.stopped and w.crons ->> d.name = d.declaration
)
order by d.first_seen desc
limit 1

-- name: known_ticks
select tick from seawall.cron_ticks where name = $1 and tick = any ($2::timestamptz[])

-- name: add_ticks
insert into seawall.cron_ticks (name, tick, job)
select $1, t.tick, t.job from unnest($2::timestamptz[], $3::bigint[]) as t (tick, job)

-- name: advance_cron
update seawall.crons set until = $2, declaration = $3 where name = $1

-- name: depths
-- Counted up to a limit, so that a large backlog costs no more than a small one. The states are constants, or their
-- partial indexes would not serve.
select q.queue,
    (select count(*) from (select from seawall.jobs where state = 0 and queue = q.queue limit $2) c) as ready,
    (select count(*) from (select from seawall.jobs where state = 1 and queue = q.queue limit $2) c) as running,
    (select count(*) from (select from seawall.jobs where state = 2 and queue = q.queue limit $2) c) as blocked,
    (select count(*) from (select from seawall.jobs where state = 3 and queue = q.queue limit $2) c) as dead
from unnest($1::text[]) as q (queue)

-- name: oldest
with recursive levels as (
    select q.queue, (
        select j.priority from seawall.jobs j
        where j.state = 0 and j.queue = q.queue order by j.priority desc limit 1
    ) as priority
    from unnest($1::text[]) as q (queue)
    union all
    select l.queue, (
        select j.priority from seawall.jobs j
        where j.state = 0 and j.queue = l.queue and j.priority < l.priority order by j.priority desc limit 1
    )
    from levels l where l.priority is not null
)
select l.queue, extract(epoch from now() - min((
    select j.run_at from seawall.jobs j
    where j.state = 0 and j.queue = l.queue and j.priority = l.priority order by j.run_at limit 1
)))::float8 as age
from levels l where l.priority is not null group by l.queue

-- name: prune_history
-- Of the release before this one.
delete from seawall.job_history where id in (
    select id from seawall.job_history where finished_at < now() - $1::interval limit $2
)

-- name: is_stale
-- Tomorrow's table holds what finished six days ago, until it is emptied today.
select exists (select from seawall.history_of_today)

-- name: lock_history
lock table seawall.history_of_today in access exclusive mode

-- name: truncate
truncate seawall.history_of_today

-- name: prune_ticks
delete from seawall.cron_ticks where made_at < now() - $1::interval
