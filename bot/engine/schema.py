"""The engine's own tables, the same in both dialects. Times are milliseconds since the epoch, UTC."""

from bot.engine.database import Connection, Dialect

# `jobs.run` counts the runs of one job: it names the workflow of each run, and with `owner` it fences a
# process that comes back after its job was given to another. A job in the state `parked` waits for its topics
# in `waits`; a running one listens in the scopes of `ears`, and what it heard of is in `heard`. A precedent that is
# `gone` has neither traits nor words; `precedent_words` are its words, for the database's own full-text search.
# `acts`, `answers` and `pauses` are the breaker's.
_DDL = """
{setup}
create table if not exists inbox (
    guid text primary key,
    dedup text unique,
    event text not null,
    installation bigint not null,
    job text not null,
    received_at bigint not null
);
create index if not exists inbox_received on inbox (received_at);
create table if not exists jobs (
    seq {serial},
    id text not null unique,
    kind text not null,
    key text not null,
    payload text not null,
    delay bigint not null,
    supersedable int not null,
    state text not null default 'waiting',
    outcome text,
    due_at bigint not null,
    queued_at bigint not null,
    run int not null default 0,
    owner text,
    carried text not null default '{}',
    failures int not null default 0,
    resumes int not null default 0,
    cancelled int not null default 0,
    finished_at bigint
);
create index if not exists jobs_key on jobs (key, seq);
create index if not exists jobs_waiting on jobs (seq) where state = 'waiting';
create index if not exists jobs_due on jobs (due_at) where state = 'waiting';
create index if not exists jobs_running on jobs (key) where state = 'running';
create index if not exists jobs_finished on jobs (finished_at) where state = 'done';
create index if not exists jobs_parked on jobs (due_at) where state = 'parked';
create index if not exists jobs_parked_since on jobs (queued_at) where state = 'parked';
create table if not exists waits (
    topic text not null,
    job text not null,
    primary key (topic, job)
);
create index if not exists waits_job on waits (job);
create table if not exists ears (
    scope text not null,
    job text not null,
    primary key (scope, job)
);
create index if not exists ears_job on ears (job);
create table if not exists heard (
    job text not null,
    topic text not null,
    primary key (job, topic)
);
create table if not exists intents (
    job text not null,
    name text not null,
    state text not null,
    sent_at bigint not null,
    checks int not null default 0,
    sends int not null default 0,
    not_before bigint,
    result text,
    primary key (job, name)
);
create table if not exists archive (
    id text primary key,
    repository text not null,
    issue bigint not null,
    document {bytes} not null,
    at bigint not null
);
create index if not exists archive_issue on archive (repository, issue, at);
create table if not exists notes (
    kind text not null,
    place text not null,
    name text not null,
    value text not null,
    at bigint not null,
    until bigint not null,
    primary key (kind, place, name)
);
create index if not exists notes_until on notes (until);
create table if not exists precedents (
    seq {serial},
    repository_id bigint not null,
    issue bigint not null,
    at bigint not null,
    gone int not null,
    entry text not null,
    unique (repository_id, issue)
);
create index if not exists precedents_newest on precedents (repository_id, gone, at, issue);
create index if not exists precedents_gone on precedents (at) where gone = 1;
create table if not exists precedent_traits (
    repository_id bigint not null,
    trait text not null,
    precedent bigint not null,
    primary key (repository_id, trait, precedent)
);
create index if not exists precedent_traits_of on precedent_traits (precedent);
{words};
create table if not exists acts (
    kind text not null,
    repository bigint not null,
    name text not null,
    at bigint not null,
    primary key (kind, repository, name)
);
create index if not exists acts_of on acts (kind, repository, at);
create index if not exists acts_at on acts (at);
create table if not exists answers (
    installation bigint not null,
    at bigint not null,
    answers int not null,
    errors int not null
);
create index if not exists answers_of on answers (installation, at);
create index if not exists answers_at on answers (at);
create table if not exists pauses (
    installation bigint primary key,
    since bigint not null,
    until bigint not null,
    answers int not null,
    errors int not null
);
create table if not exists leases (
    executor text primary key,
    until bigint not null
)
"""


def create(dialect: Dialect) -> None:
    """Make the tables where they are missing; raises `DatabaseTrouble`."""
    connection = dialect.connect()
    try:
        connection.begin()
        for statement in dialect.spelled(_DDL).split(";"):
            if statement.strip():
                connection.rows(statement)
        connection.commit()
    finally:
        connection.rollback()
        connection.close()


def probe(connection: Connection) -> None:
    """Prove that a commit would work, by one write that changes nothing worth keeping."""
    connection.change("delete from leases where executor = '-'")
    connection.change("insert into leases (executor, until) values ('-', 0)")
