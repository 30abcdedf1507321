-- The statements behind the desk: what people do with jobs. See queries.sql.

-- name: find
-- The conditions are the same on both sides: what is null or empty does not matter.
select r.*, w.instance, w.pid, w.beat
from (
    (
        select id, state, queue, name, args, key, priority, attempt, max_attempts, crashes, claim, cancel_requested,
            run_at, enqueued_at, claimed_at, null::timestamptz as finished_at, tick, release, traceparent, last_error,
            worker
        from seawall.jobs
        where (cardinality($1::smallint[]) = 0 or state = any ($1)) and ($2::text is null or queue = $2)
            and ($3::text is null or name = $3) and ($4::text is null or key = $4) and ($5::bigint is null or id < $5)
        order by id desc
        limit $6
    )
    union all
    (
        select id, state, queue, name, args, key, priority, attempt, max_attempts, crashes, claim, false,
            run_at, enqueued_at, claimed_at, finished_at, tick, release, traceparent, last_error, worker
        from seawall.history
        where (cardinality($1::smallint[]) = 0 or state = any ($1)) and ($2::text is null or queue = $2)
            and ($3::text is null or name = $3) and ($4::text is null or key = $4) and ($5::bigint is null or id < $5)
        order by id desc
        limit $6
    )
) r
left join seawall.workers w on w.id = r.worker
order by r.id desc
limit $6

-- name: stats
select queue, name, state, count(*) as count, min(run_at) as oldest
from seawall.jobs group by queue, name, state order by queue, name, state

-- name: keys_of
select distinct key collate "C" as key from seawall.jobs where id = any ($1::bigint[]) and key is not null order by 1

-- name: lock_jobs
-- In one order for all, so that two who decide about the same jobs do not wait for each other.
select id, state, key, skip_dead from seawall.jobs where id = any ($1::bigint[]) order by id for update

-- name: archive
with gone as (
    delete from seawall.jobs where id = any ($1::bigint[]) returning *
), kept as (
    insert into seawall.history_of_today
        (id, run_at, enqueued_at, claimed_at, tick, claim, worker, state, priority, attempt, max_attempts, crashes,
         queue, name, key, release, traceparent, last_error, args)
    select id, run_at, enqueued_at, claimed_at, tick, claim, worker, 5, priority, attempt, max_attempts, crashes,
        queue, name, key, release, traceparent, last_error, args
    from gone
)
select id from gone

-- name: request_cancel
update seawall.jobs set cancel_requested = true where id = any ($1::bigint[])

-- name: hold_keys
-- What has not begun waits again behind the one that comes back.
update seawall.jobs set state = 2 where key = any ($1::text[]) and state + 0 = 0

-- name: retry
update seawall.jobs
set state = case when key = any ($2::text[]) then 2 else 0 end, attempt = 0, crashes = 0, run_at = now(),
    cancel_requested = false, worker = null
where id = any ($1::bigint[])

-- name: run_now
update seawall.jobs set run_at = now() where id = any ($1::bigint[]) and run_at > now()

-- name: pause
insert into seawall.pauses (kind, name) values ($1, $2) on conflict do nothing returning name

-- name: resume
delete from seawall.pauses where kind = $1 and name = $2 returning name

-- name: paused
select kind, name, since from seawall.pauses order by name, kind
