create table goods (name text primary key);
