-- Blocks are read with their reasons, apart from the many times that are booked or held.
CREATE INDEX allocations_blocks ON allocations (resource_id, starts_at) INCLUDE (ends_at, reason) WHERE state = 'blocked';
