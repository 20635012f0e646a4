select $1::int as n, 2 as two
