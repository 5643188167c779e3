-- How a course of the offer usually runs, as Catalog says; null for what is not a course.
ALTER TABLE offer_terms ADD COLUMN course jsonb;

-- A planned course that a patient may choose. Not taken: whoever holds it first has it.
CREATE TABLE course_options (
    id          uuid PRIMARY KEY,
    plan_id     uuid NOT NULL REFERENCES treatment_plans,
    visits      jsonb NOT NULL,
    preferences jsonb NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX course_options_due ON course_options (expires_at);

CREATE INDEX holds_plan ON holds (plan_id) WHERE plan_id IS NOT NULL;
CREATE INDEX bookings_plan ON bookings (plan_id) WHERE plan_id IS NOT NULL;

-- What a center decided for itself; a center without a row has the defaults.
CREATE TABLE center_settings (
    center_id       text PRIMARY KEY,
    -- Rank the plans of courses by what their machine time is worth to those who come after.
    scarcity_policy boolean NOT NULL DEFAULT false,
    changed_at      timestamptz NOT NULL DEFAULT now()
);
