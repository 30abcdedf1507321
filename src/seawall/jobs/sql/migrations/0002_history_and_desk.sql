-- seawall: compatible
-- The release before this one goes on beside it: it writes its own history into seawall.job_history, which is still read
-- and pruned, and leaves what is new alone.

-- Finished jobs by the weekday (UTC, 0 is Sunday) on which they finished. A table is truncated whole before its day comes
-- again: nothing is deleted row by row, and nothing that reads the others can hold a completion up.
create table seawall.history_0 (
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
) with (autovacuum_vacuum_insert_threshold = -1);  -- it is emptied before that would pay
create table seawall.history_1 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);
create table seawall.history_2 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);
create table seawall.history_3 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);
create table seawall.history_4 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);
create table seawall.history_5 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);
create table seawall.history_6 (like seawall.history_0 including all) with (autovacuum_vacuum_insert_threshold = -1);

-- What people read.
create view seawall.history as
select * from seawall.history_0 union all
select * from seawall.history_1 union all
select * from seawall.history_2 union all
select * from seawall.history_3 union all
select * from seawall.history_4 union all
select * from seawall.history_5 union all
select * from seawall.history_6 union all
select id, run_at, enqueued_at, claimed_at, finished_at, tick, claim, worker, state, priority, attempt, max_attempts,
    crashes, queue, name, key, release, traceparent, last_error, args
from seawall.job_history;

-- Somebody wants it to end, and it runs: its worker ends it, or whoever finds it waiting again.
alter table seawall.jobs add column cancel_requested boolean not null default false;
create index jobs_cancel on seawall.jobs (worker) where cancel_requested;

-- Of these nothing is claimed.
create table seawall.pauses (
    kind text not null check (kind in ('queue', 'job')),
    name text not null,
    since timestamptz not null default clock_timestamp(),
    primary key (kind, name)
);

-- How many jobs a dead worker held: one alone is to blame, in company any may be. Its row stays until all are taken.
alter table seawall.workers add column died_with integer;
