-- What the checker wants to know and the engine does not keep. Nothing here is unique: that would hide what it looks for.
create schema proof;

create table proof.orders (uid text);               -- written by producers in the transaction of an enqueue
create table proof.effects (job bigint, claim bigint);
create table proof.ledger (job bigint, claim bigint, state smallint);
create table proof.steps (
    number bigserial, at timestamptz default clock_timestamp(), transaction xid8 default pg_current_xact_id(),
    job bigint, source smallint, target smallint, claim bigint, attempt int, crashes int, worker uuid, tick timestamptz
);

create function proof.note_step() returns trigger language plpgsql as $$
begin
    if tg_op = 'INSERT' then
        insert into proof.steps (job, target, claim, attempt, crashes, tick)
        values (new.id, new.state, new.claim, 0, 0, new.tick);
    elsif tg_op = 'DELETE' then
        insert into proof.steps (job, source, claim, attempt, crashes, worker)
        values (old.id, old.state, old.claim, 0, 0, old.worker);
    elsif old.state <> new.state or old.claim <> new.claim or old.attempt <> new.attempt then
        insert into proof.steps (job, source, target, claim, attempt, crashes, worker)
        values (old.id, old.state, new.state, greatest(old.claim, new.claim), new.attempt - old.attempt,
            new.crashes - old.crashes, case when new.state = 1 then new.worker else old.worker end);
    end if;
    return null;
end $$;
create trigger proof_step after insert or update or delete on seawall.jobs
    for each row execute function proof.note_step();

create function proof.note_done() returns trigger language plpgsql as $$
begin
    insert into proof.ledger (job, claim, state) values (new.id, new.claim, new.state);
    return null;
end $$;
do $$
declare
    history text;
begin
    for history in
        select format('%I.%I', schemaname, tablename) from pg_tables
        where schemaname = 'seawall' and tablename ~ '^(job_)?history'
    loop
        execute format(
            'create trigger proof_done after insert on %s for each row execute function proof.note_done()', history);
    end loop;
end $$;
