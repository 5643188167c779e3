-- What an operator did to messages that need a person: who, what and when. Ids only, and no way to change a row.
CREATE TABLE operator_acts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    act text NOT NULL CHECK (act IN ('redrive', 'replay', 'discard')),
    queue text NOT NULL,
    message_id text,
    message_type text
);
CREATE FUNCTION operator_acts_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'acts of operators are never changed';
END $$;
CREATE TRIGGER operator_acts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON operator_acts
    FOR EACH STATEMENT EXECUTE FUNCTION operator_acts_are_append_only();
