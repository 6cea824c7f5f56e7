"""Exit status 0 when the servers that DATABASE_URL and REDIS_URL name both answer."""

import os
import sys
from urllib.parse import urlsplit

import psycopg
import redis


def main() -> int:
    # The database itself is made by the test run; the one that always exists answers for it.
    server = urlsplit(os.environ["DATABASE_URL"])._replace(path="/postgres").geturl()
    try:
        psycopg.connect(server, connect_timeout=3).close()
        redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3).ping()
    except (psycopg.OperationalError, redis.RedisError) as problem:
        print(f"Not reachable: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
