-- A report is asked for through the API and made by the worker, as the job that the API enqueues with it.
create table reports (
    id bigint generated always as identity primary key,
    text text not null check (length(text) between 1 and 20000),
    job bigint,
    asked_at timestamptz not null default now(),
    lines integer,
    words integer,
    most_used text[],
    made_at timestamptz
);
