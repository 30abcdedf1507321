-- seawall: compatible

-- Enqueueing for whoever has a connection: one call, whatever the driver. `messages` is an array of objects with the
-- columns below; `args` is a text that holds JSON. `channel` is the one to ring at the commit, null for none. Ids come
-- back in the order of the messages. A release may add columns that an earlier one does not send.
create function seawall.enqueue(messages json, channel text) returns setof bigint language sql volatile as $$
    -- Held to the end of the transaction: ids within a key are given in the order of commits. In one order for all, so
    -- that two enqueuers of the same keys do not wait for each other. The next statement sees what was waited for.
    select pg_advisory_xact_lock(hashtextextended(k.key, 0))
    from (
        select distinct m ->> 'key' collate "C" as key from json_array_elements(messages) as m order by 1
    ) k
    where k.key is not null;

    select pg_notify(channel, '') where channel is not null;

    insert into seawall.jobs
        (queue, name, args, priority, key, run_at, max_attempts, skip_dead, release, tick, traceparent, state)
    select m.queue, m.name, m.args::json, m.priority, m.key,
        coalesce(m.run_at, now()) + make_interval(secs => coalesce(m.delay, 0)),
        m.max_attempts, coalesce(m.skip_dead, false), coalesce(m.release, ''), m.tick, m.traceparent,
        case
            when m.key is null then 0
            when row_number() over (partition by m.key order by m.nth) > 1 or exists (
                select from seawall.jobs a where a.key = m.key and not (a.state = 3 and a.skip_dead)
            ) then 2
            else 0
        end
    from rows from (
        json_to_recordset(messages) as (
            queue text, name text, args text, priority smallint, key text, run_at timestamptz, delay double precision,
            max_attempts smallint, skip_dead boolean, release text, tick timestamptz, traceparent text
        )
    ) with ordinality as m (
        queue, name, args, priority, key, run_at, delay, max_attempts, skip_dead, release, tick, traceparent, nth
    )
    order by m.nth
    returning id
$$;
