-- What has been applied to this database. Made by the first migrator that finds it missing; a column is never removed.
create schema if not exists seawall;

create table seawall.migrations (
    source text not null,
    version bigint not null,
    name text not null,
    checksum text not null,
    compatible boolean not null,
    release text not null,
    applied_at timestamptz not null default clock_timestamp(),
    primary key (source, version)
);
