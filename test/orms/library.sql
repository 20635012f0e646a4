create table authors (id int primary key, name text not null);
create table books (id int primary key, title text not null, author_id int not null references authors);
insert into authors select id, 'author ' || id from generate_series(7001, 7004) id;
insert into books select id, 'book ' || id, 7001 + id % 4 from generate_series(9001, 9012) id;
