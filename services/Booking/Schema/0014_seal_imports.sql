-- The address of an imported calendar may be a secret. The service seals it; a keyed hash tells the same address again.
ALTER TABLE imports ADD COLUMN url_hash bytea;
DROP INDEX imports_one_url;
CREATE UNIQUE INDEX imports_one_url ON imports (resource_id, url_hash) WHERE kind = 'url';

-- A clinic may stop the readings of a calendar for a while; what it took stays taken.
ALTER TABLE imports ADD COLUMN paused_at timestamptz;
