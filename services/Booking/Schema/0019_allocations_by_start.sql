-- What is taken of a resource in a window is read from this index alone. No two allocations of a resource overlap, so beside those that begin in the
-- window only the last one before it can reach into it.
CREATE INDEX allocations_by_start ON allocations (resource_id, starts_at) INCLUDE (ends_at, state, expires_at);
