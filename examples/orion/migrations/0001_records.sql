-- A record is posted through the API; the worker sets its timestamp at each tick of the day on which it came.
create table records (
    id bigint generated always as identity primary key,
    text text not null check (length(text) between 1 and 500),
    created_at timestamptz not null default now(),
    stamped_at timestamptz
);

-- What a run looks for: one day's records, and those that no run has reached yet.
create index records_created_at on records (created_at);
create index records_unstamped on records (id) where stamped_at is null;
