create table ledger (
    id bigint generated always as identity primary key,
    entry text not null,
    written_at timestamptz not null default now()
);
