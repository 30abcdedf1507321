create table items (
    sku text primary key,
    name text not null,
    stock integer not null check (stock >= 0)
);

-- What was taken for an order, once, however often it is asked for.
create table picks (
    order_id uuid primary key,
    sku text not null,
    quantity integer not null check (quantity > 0)
);

insert into items (sku, name, stock) values
    ('rope', 'Rope, 20 m', 100000),
    ('lamp', 'Storm lamp', 120),
    ('bell', 'Ship''s bell', 3);
