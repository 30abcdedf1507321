-- An errand is asked for by the API and done by the worker.
create table errands (
    id bigint generated always as identity primary key,
    asked_at timestamptz not null default now(),
    done_at timestamptz
);
