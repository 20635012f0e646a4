// The one query that reads the catalog: everything in one snapshot and one round trip. It reads system tables only, so it
// needs no rights on anybody's data, takes no lock that anybody waits for, and runs on PostgreSQL 12 and later.
//
// A table that was never analysed is sized by its pages, as the planner does it: PostgreSQL divides them by the width of
// its columns. The last page is taken for nearly empty, so that a table of a few rows is not taken for one of a hundred.
// Asking for the pages opens the table, so a table that somebody holds or awaits exclusively is left out.

export const CATALOG_QUERY = `
with recursive base_type(oid, base) as (
  select oid, oid from pg_catalog.pg_type where typtype <> 'd'
  union all
  select t.oid, b.base from pg_catalog.pg_type t join base_type b on t.typbasetype = b.oid where t.typtype = 'd'
), relation as (
  select c.oid, n.nspname, c.relname, c.relkind, c.reltuples, c.relpages
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_toast%'
), taken as materialized (
  -- A database that was copied has tables of the same numbers.
  select distinct l.relation from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
  where l.mode = 'AccessExclusiveLock' and l.relation is not null and d.datname = pg_catalog.current_database()
), stored as (
  select r.oid, case when r.reltuples > 0 or (r.reltuples = 0 and r.relpages > 0) then r.reltuples
    when not exists (select from taken where taken.relation = r.oid) then (
      select case when pages.number > 0 then pg_catalog.floor((pages.number - 1) * page.size / (row_head.size + (
          select coalesce(pg_catalog.sum(case when t.typlen > 0 then t.typlen else 32 end), 0)
          from pg_catalog.pg_attribute a join pg_catalog.pg_type t on t.oid = a.atttypid
          where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped))) + 1 else 0 end
      from (select pg_catalog.current_setting('block_size')::int as size) page, (select 28 as size) row_head,
        lateral (select pg_catalog.ceil(pg_catalog.pg_relation_size(r.oid)::numeric / page.size) as number) pages)
    end as rows
  from relation r where r.relkind in ('r', 'm')
), partition(root, oid) as (
  select h.inhparent, h.inhrelid from pg_catalog.pg_inherits h join relation r on r.oid = h.inhparent and r.relkind = 'p'
  union all
  select p.root, h.inhrelid from partition p join pg_catalog.pg_inherits h on h.inhparent = p.oid
), sized as (
  select oid, rows from stored
  union all
  select p.root, pg_catalog.sum(s.rows) from partition p join stored s on s.oid = p.oid group by p.root
), columns as (
  select a.attrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
    'name', a.attname, 'number', a.attnum, 'type', t.typname,
    -- From PostgreSQL 18 on, NOT NULL may be declared and not yet hold.
    'notNull', a.attnotnull and not exists (
      select from pg_catalog.pg_constraint k
      where k.conrelid = a.attrelid and k.contype = 'n' and a.attnum = any(k.conkey) and not k.convalidated),
    'labels', case when t.typtype = 'e' then
      (select pg_catalog.count(*) from pg_catalog.pg_enum e where e.enumtypid = t.oid) end,
    'deterministic', (select l.collisdeterministic from pg_catalog.pg_collation l where l.oid = a.attcollation)
  ) order by a.attnum) as list
  from relation r
  join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
  join base_type b on b.oid = a.atttypid
  join pg_catalog.pg_type t on t.oid = b.base
  group by a.attrelid
), keys as (
  select i.indrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
    'name', x.relname, 'primary', i.indisprimary, 'immediate', i.indimmediate,
    'nullsNotDistinct', coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
    -- Equality of another kind than that of = would make another kind of uniqueness.
    'valid', i.indisvalid and i.indisready and not exists (
      select from pg_catalog.unnest(i.indclass::pg_catalog.oid[]) used(oid)
      join pg_catalog.pg_opclass o on o.oid = used.oid
      where not o.opcdefault and o.opcname not like '%\\_pattern\\_ops'),
    'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
    'parts', (
      select pg_catalog.json_agg(case when part.number = 0
        then pg_catalog.json_build_object('expression', pg_catalog.pg_get_indexdef(i.indexrelid, part.position::int, true))
        else pg_catalog.json_build_object('column', (select attname from pg_catalog.pg_attribute
          where attrelid = i.indrelid and attnum = part.number)) end order by part.position)
      from pg_catalog.unnest(i.indkey::pg_catalog.int2[]) with ordinality part(number, position)
      where part.position <= i.indnkeyatts)
  ) order by not i.indisprimary, x.relname) as list
  from relation r
  join pg_catalog.pg_index i on i.indrelid = r.oid and i.indisunique and not i.indisexclusion
  join pg_catalog.pg_class x on x.oid = i.indexrelid
  group by i.indrelid
), foreign_keys as (
  select k.conrelid, pg_catalog.json_agg(pg_catalog.json_build_object(
    'columns', k.conkey, 'references', k.confrelid::bigint, 'referencedColumns', k.confkey
  ) order by k.conname) as list
  from relation r
  join pg_catalog.pg_constraint k on k.conrelid = r.oid and k.contype = 'f'
  group by k.conrelid
), alongside as (
  -- A view reads what its rule depends on; a partition is read and written with its parent.
  select w.ev_class as oid, d.refobjid as other from pg_catalog.pg_rewrite w
  join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass and d.objid = w.oid
    and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid <> w.ev_class
  union select inhparent, inhrelid from pg_catalog.pg_inherits
  union select inhrelid, inhparent from pg_catalog.pg_inherits
), reading as (
  select a.oid, pg_catalog.json_agg(a.other::bigint order by a.other) as list
  from alongside a join relation r on r.oid = a.oid and r.relkind <> 'm' group by a.oid
), cascading as (
  select k.confrelid as oid, pg_catalog.json_agg(distinct k.conrelid::bigint) as list
  from pg_catalog.pg_constraint k
  where k.contype = 'f' and (k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd')) group by k.confrelid
)
select pg_catalog.json_build_object(
  'v', 1,
  'database', pg_catalog.current_database(),
  'serverVersion', pg_catalog.current_setting('server_version_num')::int,
  'searchPath', pg_catalog.to_json(pg_catalog.current_schemas(false)),
  'temporary', (select coalesce(pg_catalog.json_agg(distinct c.relname order by c.relname), '[]')
    from pg_catalog.pg_class c where c.relpersistence = 't' and c.relkind in ('r', 'p', 'v')),
  'relations', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'id', r.oid::bigint, 'schema', r.nspname, 'name', r.relname, 'kind', case r.relkind
        when 'p' then 'partitioned' when 'v' then 'view' when 'm' then 'materialized-view'
        when 'f' then 'foreign' else 'table' end,
      'columns', coalesce(columns.list, '[]'), 'uniqueKeys', coalesce(keys.list, '[]'),
      'foreignKeys', coalesce(foreign_keys.list, '[]'),
      'readsFrom', reading.list, 'cascadesTo', cascading.list,
      'runsCode', case when exists (select from pg_catalog.pg_trigger t
          where t.tgrelid = r.oid and not t.tgisinternal and t.tgenabled <> 'D')
        or exists (select from pg_catalog.pg_rewrite w where w.ev_class = r.oid and w.ev_type <> '1') then true end,
      'hasChildren', r.relkind <> 'p' and exists (select from pg_catalog.pg_inherits h where h.inhparent = r.oid),
      'estimatedRows', sized.rows,
      'definition', case when r.relkind = 'v' then pg_catalog.pg_get_viewdef(r.oid) end
    ) order by r.nspname, r.relname), '[]')
    from relation r left join columns on columns.attrelid = r.oid left join keys on keys.indrelid = r.oid
      left join foreign_keys on foreign_keys.conrelid = r.oid left join sized on sized.oid = r.oid
      left join reading on reading.oid = r.oid left join cascading on cascading.oid = r.oid),
  'functions', (select coalesce(pg_catalog.json_agg(pg_catalog.json_build_object(
      'schema', f.nspname, 'name', f.proname, 'returnsSet', f.sets, 'aggregate', f.aggregates,
      'volatile', f.volatiles) order by f.nspname, f.proname), '[]')
    from (select n.nspname, p.proname, pg_catalog.bool_or(p.proretset) as sets,
        pg_catalog.bool_or(p.prokind = 'a') as aggregates, pg_catalog.bool_or(p.provolatile = 'v') as volatiles
      from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      where n.nspname <> 'information_schema'
        and (n.nspname <> 'pg_catalog' or p.proretset or p.prokind = 'a' or p.provolatile = 'v')
      group by n.nspname, p.proname) f)
) as catalog`
