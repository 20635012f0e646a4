// PostgreSQL 18's keywords, in the two groups that matter for quoting: words whose meaning changes when a name of this
// spelling loses its quotes, and words that may be names but have a special role in some places. A test compares the lists
// with libpg-query's scanner.

const split = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** Reserved words, and words that PostgreSQL treats as type, function or column syntax: a quoted name keeps its quotes. */
export const SPECIAL_WORDS = split(
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create current_catalog current_date current_role current_time current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit localtime localtimestamp not null offset on only or order placing primary references returning select session_user some symmetric system_user table then to trailing true union unique user using variadic when where window with authorization binary collation concurrently cross current_schema freeze full ilike inner is isnull join left like natural notnull outer overlaps right similar tablesample verbose between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value least merge_action national nchar none normalize nullif numeric out overlay position precision real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable',
)

/** Unreserved keywords, which are valid names but have a special role in some places. */
export const UNRESERVED_WORDS = split(
  'abort absent absolute access action add admin after aggregate also alter always asensitive assertion assignment at atomic attach attribute backward before begin breadth by cache call called cascade cascaded catalog chain characteristics checkpoint class close cluster columns comment comments commit committed compression conditional configuration conflict connection constraints content continue conversion copy cost csv cube current cursor cycle data database day deallocate declare defaults deferred definer delete delimiter delimiters depends depth detach dictionary disable discard document domain double drop each empty enable encoding encrypted enforced enum error escape event exclude excluding exclusive execute explain expression extension external family filter finalize first following force format forward function functions generated global granted groups handler header hold hour identity if immediate immutable implicit import include including increment indent index indexes inherit inherits inline input insensitive insert instead invoker isolation key keys label language large last leakproof level listen load local location lock locked logged mapping match matched materialized maxvalue merge method minute minvalue mode month move name names nested new next nfc nfd nfkc nfkd no normalized nothing notify nowait nulls object objects of off oids old omit operator option options ordinality others over overriding owned owner parallel parameter parser partial partition passing password path period plan plans policy preceding prepare prepared preserve prior privileges procedural procedure procedures program publication quote quotes range read reassign recursive ref referencing refresh reindex relative release rename repeatable replace replica reset restart restrict return returns revoke role rollback rollup routine routines rows rule savepoint scalar schema schemas scroll search second security sequence sequences serializable server session set sets share show simple skip snapshot source sql stable standalone start statement statistics stdin stdout storage stored strict string strip subscription support sysid system tables tablespace target temp template temporary text ties transaction transform trigger truncate trusted type types uescape unbounded uncommitted unconditional unencrypted unknown unlisten unlogged until update vacuum valid validate validator value varying version view views virtual volatile whitespace within without work wrapper write xml year yes zone',
)

/**
 * An operand must follow these words, so that a `-` after them is a sign. The list contains only words that cannot name a
 * column.
 */
export const WORDS_BEFORE_OPERANDS = split(
  'all and any array both case default distinct else fetch for from having ilike in into is leading like limit not offset on only or returning select similar some symmetric asymmetric then to trailing using variadic when where',
)

/** An unreserved keyword in quotes after one of these words can only be a name. */
export const WORDS_BEFORE_NAMES = split(
  'and as by case distinct else from having into join not on or returning select then when where',
)

/** Words that are printed with a space before an opening bracket. All other words are printed like a function call. */
export const WORDS_BEFORE_BRACKETS = split(
  'all and any array as between by case check distinct do else except exists fetch filter for from group having ilike in insert intersect into is join key lateral like limit materialized not offset on or order over partition references returning rows select set sets similar some table then to union unique using values when where with within',
)

/** Type names that may precede a string to type it: `date '2024-01-01'`. */
export const TYPED_LITERAL_WORDS = split(
  'date time timestamp timestamptz timetz interval uuid json jsonb inet cidr macaddr numeric decimal float4 float8 real int int2 int4 int8 integer bigint smallint text varchar bytea bool boolean point box circle polygon path lseg line money xml tsvector tsquery regclass',
)

/** Words that continue the expression before them, so that an integer there is not a position. */
export const WORDS_GOING_ON = split(
  'is isnull notnull between in like ilike similar not and or collate at overlaps operator',
)

/** Words that end ORDER BY, GROUP BY and LIMIT. SET is not reserved and is therefore handled separately. */
export const WORDS_OF_OTHER_CLAUSES = split('select returning window')

/** Words that show, inside the brackets of IN, that a query follows instead of a list. */
export const WORDS_OF_QUERIES = split('select values table with from union intersect except')
