create table cargo (id bigint generated always as identity primary key, name text not null, weight text not null);
