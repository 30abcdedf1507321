-- The queue. Live jobs are few and change all the time; finished ones leave for the history in the statement that
-- finishes them, so that this table stays small.
create schema if not exists seawall;

create table seawall.jobs (
    id bigint generated always as identity primary key,
    run_at timestamptz not null default now(),
    enqueued_at timestamptz not null default now(),
    claimed_at timestamptz,
    tick timestamptz,                               -- of a cron job: the moment it stands for
    claim bigint not null default 0,                -- the fence: grows with each claim, never goes back
    worker uuid,                                    -- the incarnation that holds or has reserved it
    state smallint not null,                        -- seawall.jobs.states.State
    priority smallint not null default 0,           -- higher runs first
    attempt smallint not null default 0,
    max_attempts smallint not null,
    crashes smallint not null default 0,
    skip_dead boolean not null default false,       -- once dead, it does not block its key
    queue text not null,
    name text not null,
    key text,
    release text not null default '',               -- that enqueued it
    traceparent text,                               -- W3C trace context of the enqueue
    last_error text,
    args json not null
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- Exactly the filter and the order of a claim.
create index jobs_ready on seawall.jobs (queue, priority desc, run_at, id) where state = 0;
create index jobs_running on seawall.jobs (worker) where state = 1;
create index jobs_blocked on seawall.jobs (key, id) where state = 2;
create index jobs_dead on seawall.jobs (queue, id) where state = 3;
create index jobs_suspect on seawall.jobs (run_at, id) where state = 0 and crashes >= 2;
create index jobs_key on seawall.jobs (key, id) where key is not null;

create table seawall.job_history (
    id bigint primary key,
    run_at timestamptz not null,
    enqueued_at timestamptz not null,
    claimed_at timestamptz,
    finished_at timestamptz not null default clock_timestamp(),
    tick timestamptz,
    claim bigint not null,
    worker uuid,
    state smallint not null,
    priority smallint not null,
    attempt smallint not null,
    max_attempts smallint not null,
    crashes smallint not null,
    queue text not null,
    name text not null,
    key text,
    release text not null,
    traceparent text,
    last_error text,
    args json not null
);
create index job_history_finished on seawall.job_history using brin (finished_at);

-- One row for each incarnation of a worker process. It is alive while its beat is younger than its lease.
create table seawall.workers (
    id uuid primary key,
    started_at timestamptz not null default now(),
    beat timestamptz not null default now(),
    lease interval not null,
    stopped boolean not null default false,         -- it ends in good order, with jobs in threads that it cannot end
    pid integer not null,
    concurrency integer not null,
    instance text not null,
    release text not null,
    crons jsonb not null default '{}'               -- name -> the schedule that this worker declares
);

-- How far each cron job's ticks are dealt with, and under which declaration.
create table seawall.crons (
    name text primary key,
    declaration text not null,
    until timestamptz not null default now()
);

-- Of the declarations that live workers hold, the one seen first most lately counts.
create table seawall.cron_declarations (
    name text not null,
    declaration text not null,
    first_seen timestamptz not null default clock_timestamp(),
    primary key (name, declaration)
);

create table seawall.cron_ticks (
    name text not null,
    tick timestamptz not null,
    made_at timestamptz not null default clock_timestamp(),
    job bigint not null,
    primary key (name, tick)
);
