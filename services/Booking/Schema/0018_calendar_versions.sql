-- A number per calendar (a center's, or the holidays) that is another one after every change of it, so that whoever keeps a calendar in memory learns
-- in one look whether it still holds. The number is that of the transaction, which no other has; it is written when the transaction ends, so that
-- nobody waits for it longer than that.
CREATE TABLE calendar_versions (
    scope   text PRIMARY KEY, -- a center's id, or 'holidays'
    version bigint NOT NULL
);

CREATE FUNCTION note_calendar(changed text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO calendar_versions AS known VALUES (changed, pg_current_xact_id()::text::bigint)
    ON CONFLICT (scope) DO UPDATE SET version = excluded.version WHERE known.version <> excluded.version
$$;

CREATE FUNCTION note_center_calendar() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_calendar(center) FROM (SELECT DISTINCT unnest(ARRAY[OLD.center_id, NEW.center_id]) AS center ORDER BY 1) changed WHERE center IS NOT NULL;
    RETURN NULL;
END $$;

CREATE FUNCTION note_hours() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_calendar(center_id) FROM (SELECT DISTINCT center_id FROM resources WHERE id IN (OLD.resource_id, NEW.resource_id) ORDER BY 1) changed;
    RETURN NULL;
END $$;

CREATE FUNCTION note_holidays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM note_calendar('holidays');
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER resources_note_calendar AFTER INSERT OR UPDATE OR DELETE ON resources
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_center_calendar();
CREATE CONSTRAINT TRIGGER calendar_exceptions_note_calendar AFTER INSERT OR UPDATE OR DELETE ON calendar_exceptions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_center_calendar();
CREATE CONSTRAINT TRIGGER weekly_hours_note_calendar AFTER INSERT OR UPDATE OR DELETE ON weekly_hours
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_hours();
CREATE CONSTRAINT TRIGGER public_holidays_note_calendar AFTER INSERT OR UPDATE OR DELETE ON public_holidays
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_holidays();
