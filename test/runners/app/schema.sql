create table authors (id int primary key, name text not null);
create table books (id int primary key, title text not null, author_id int not null references authors);
create table notes (id serial primary key, text text not null);
insert into authors select 4000 + i, 'author ' || i from generate_series(1, 30) i;
insert into books select i, 'book ' || i, 4001 + i * 7 % 30 from generate_series(1, 12) i;
