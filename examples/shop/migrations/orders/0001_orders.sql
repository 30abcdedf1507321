-- An order is placed by the API and ended by the worker: shipped, or sold out.
create table orders (
    id uuid primary key,
    sku text not null,
    quantity integer not null check (quantity > 0),
    state text not null default 'placed' check (state in ('placed', 'shipped', 'sold out')),
    placed_at timestamptz not null default now(),
    ended_at timestamptz
);

create index orders_newest on orders (placed_at desc);
