-- The sessions of a booking as they were told last (BookedSession): each is an event of its own. Null for what was told before sessions were.
ALTER TABLE calendars ADD COLUMN sessions jsonb;
