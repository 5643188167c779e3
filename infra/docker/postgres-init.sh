#!/bin/bash
# Run once by the postgres image when its volume is empty: one database and one role for each service; none can open another's.
set -euo pipefail
for name in catalog booking payment referral identity notifications engine web stripe; do
    variable="DATABASE_PASSWORD_${name^^}"
    # Through standard input: passwords must not be among the arguments of a process.
    psql -X -q -v ON_ERROR_STOP=1 --username postgres <<SQL
CREATE ROLE $name LOGIN PASSWORD '${!variable:?}';
CREATE DATABASE $name OWNER $name;
REVOKE CONNECT, TEMPORARY ON DATABASE $name FROM PUBLIC;
SQL
done
