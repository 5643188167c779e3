-- pg_trgm is a trusted extension: the owner of the database may create it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE sources (
    key text PRIMARY KEY,
    url text NOT NULL,
    date text NOT NULL
);

CREATE TABLE cities (
    id text PRIMARY KEY,
    names jsonb NOT NULL,
    also_known_as text[] NOT NULL,
    lat double precision NOT NULL CHECK (lat BETWEEN -90 AND 90),
    lon double precision NOT NULL CHECK (lon BETWEEN -180 AND 180),
    region text NOT NULL,
    iata text,
    international_airport boolean NOT NULL,
    time_zone text NOT NULL,
    coordinates_basis text NOT NULL
);

CREATE TABLE service_lines (
    id text PRIMARY KEY,
    position integer NOT NULL,
    names jsonb NOT NULL,
    included jsonb NOT NULL,
    not_included jsonb NOT NULL,
    basis text NOT NULL
);

CREATE TABLE centers (
    id text PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    city_id text NOT NULL REFERENCES cities,
    names jsonb NOT NULL,
    kind text NOT NULL,
    lines text[] NOT NULL,
    facts jsonb NOT NULL,
    accreditation text NOT NULL,
    sources text[] NOT NULL,
    basis text,
    verified text NOT NULL,
    languages text[] NOT NULL,
    languages_basis text NOT NULL,
    demo boolean NOT NULL,
    listed boolean NOT NULL
);

CREATE TABLE equipment (
    id text PRIMARY KEY,
    center_id text NOT NULL REFERENCES centers,
    kind text NOT NULL,
    name text NOT NULL,
    installed text,
    lanes integer NOT NULL CHECK (lanes > 0),
    slots_per_day integer[] NOT NULL,
    slot_minutes_range integer[] NOT NULL,
    slot_minutes integer NOT NULL CHECK (slot_minutes > 0),
    slots_basis text NOT NULL,
    quality jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('planned', 'commissioning', 'open', 'closed')),
    status_basis text NOT NULL,
    -- The seed never overrules what a person at the operator decided.
    status_set_by text NOT NULL CHECK (status_set_by IN ('seed', 'operator')),
    sources text[] NOT NULL,
    demo boolean NOT NULL,
    terms_hash text NOT NULL,
    version bigint NOT NULL,
    announced_version bigint NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE INDEX equipment_by_center ON equipment (center_id);
CREATE INDEX equipment_to_announce ON equipment (id) WHERE announced_version < version;

CREATE TABLE patterns (
    id text PRIMARY KEY,
    name text NOT NULL,
    stay_days_min integer NOT NULL,
    stay_days_max integer NOT NULL,
    companion text NOT NULL,
    fly_after_days integer,
    follow_up_days integer[] NOT NULL,
    details jsonb NOT NULL,
    sources text[] NOT NULL
);

CREATE TABLE documents (
    id text PRIMARY KEY,
    names jsonb NOT NULL,
    format text NOT NULL,
    validity_days integer,
    basis text NOT NULL,
    sources text[] NOT NULL
);

CREATE TABLE document_bundles (
    id text PRIMARY KEY,
    before_review text[] NOT NULL,
    before_travel text[] NOT NULL,
    on_arrival text[] NOT NULL,
    optional text[] NOT NULL,
    on_discharge text[] NOT NULL
);

CREATE TABLE preparation_steps (
    topic text NOT NULL,
    id text NOT NULL,
    offset_hours integer NOT NULL,
    text jsonb NOT NULL,
    source text REFERENCES sources,
    basis text,
    PRIMARY KEY (topic, id),
    CHECK (source IS NOT NULL OR basis IS NOT NULL)
);

CREATE TABLE screening_questions (
    id text PRIMARY KEY,
    position integer NOT NULL,
    text jsonb NOT NULL,
    answer text NOT NULL CHECK (answer IN ('yes-no', 'text')),
    asked_at text NOT NULL CHECK (asked_at IN ('booking', 'arrival')),
    lines text[] NOT NULL,
    only_for jsonb NOT NULL,
    on_yes text NOT NULL CHECK (on_yes IN ('block', 'review', 'info')),
    note text,
    sources text[] NOT NULL
);

CREATE TABLE procedures (
    id text PRIMARY KEY,
    line_id text NOT NULL REFERENCES service_lines,
    position integer NOT NULL,
    names jsonb NOT NULL,
    names_need_review boolean NOT NULL,
    mode text NOT NULL CHECK (mode IN ('instant', 'case-review', 'cycle', 'enquiry', 'not-bookable')),
    duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
    visit_minutes integer,
    first_visit_only boolean NOT NULL,
    resource_kinds text[] NOT NULL,
    high_tech text NOT NULL,
    high_tech_code text NOT NULL,
    foreigners text NOT NULL,
    board_review boolean NOT NULL,
    pattern_id text NOT NULL REFERENCES patterns,
    bundle_id text NOT NULL REFERENCES document_bundles,
    preparation text[] NOT NULL,
    centers text[] NOT NULL,
    price_usd jsonb,
    note text,
    sources text[] NOT NULL
);

CREATE TABLE visa_regimes (
    country text NOT NULL CHECK (length(country) = 2),
    valid_from date NOT NULL,
    valid_to date,
    visa_free_days integer NOT NULL,
    window_days integer NOT NULL,
    max_in_window integer NOT NULL,
    via text NOT NULL,
    note text,
    validity_basis text NOT NULL,
    source text REFERENCES sources,
    basis text,
    checked_on date NOT NULL,
    PRIMARY KEY (country, valid_from),
    CHECK (valid_to >= valid_from),
    CHECK (source IS NOT NULL OR basis IS NOT NULL)
);

CREATE TABLE countries (
    code text PRIMARY KEY CHECK (length(code) = 2),
    names jsonb NOT NULL,
    groups text[] NOT NULL
);

CREATE TABLE languages (
    code text PRIMARY KEY,
    autonym text NOT NULL,
    script text NOT NULL,
    dir text NOT NULL CHECK (dir IN ('ltr', 'rtl')),
    countries text[] NOT NULL,
    priority integer NOT NULL
);

CREATE TABLE holidays (
    country text NOT NULL CHECK (length(country) = 2),
    date date NOT NULL,
    name text NOT NULL,
    official boolean NOT NULL,
    sources text[] NOT NULL,
    basis text,
    announced boolean NOT NULL,
    PRIMARY KEY (country, date)
);

CREATE TABLE offers (
    id uuid PRIMARY KEY,
    procedure_id text NOT NULL REFERENCES procedures,
    center_id text NOT NULL REFERENCES centers,
    mode text NOT NULL CHECK (mode IN ('instant', 'case-review', 'cycle', 'enquiry', 'not-bookable')),
    price_minor bigint CHECK (price_minor > 0),
    price_usd_minor bigint CHECK (price_usd_minor > 0),
    deposit_minor bigint NOT NULL CHECK (deposit_minor >= 0),
    currency text NOT NULL CHECK (length(currency) = 3),
    price_basis text NOT NULL,
    kzt_per_usd numeric(10,4) NOT NULL,
    rate_as_of date NOT NULL,
    rate_source text NOT NULL REFERENCES sources,
    languages text[] NOT NULL,
    cancellation jsonb NOT NULL,
    blocking_questions text[] NOT NULL,
    demo boolean NOT NULL,
    terms_hash text NOT NULL,
    version bigint NOT NULL,
    announced_version bigint NOT NULL,
    published_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    UNIQUE (procedure_id, center_id),
    CHECK (mode <> 'instant' OR (price_minor IS NOT NULL AND deposit_minor BETWEEN 1 AND price_minor)),
    CHECK (mode <> 'not-bookable' OR deposit_minor = 0)
);
CREATE INDEX offers_by_center ON offers (center_id);
CREATE INDEX offers_to_announce ON offers (id) WHERE announced_version < version;

CREATE TABLE seed_loads (
    name text PRIMARY KEY,
    hash text NOT NULL,
    loaded_at timestamptz NOT NULL
);

-- What search reads: one row per offer on sale, and every word these rows know (for slips of the finger). Rebuilt whole in the transaction
-- that changes an offer. Words are folded before they come here (lower case, no accents, Kazakh letters as their Russian neighbours), in the
-- same way as a query's words: Search/Words.cs.
CREATE TABLE offer_search (
    offer_id uuid PRIMARY KEY REFERENCES offers,
    line_id text NOT NULL,
    city_id text NOT NULL,
    center_id text NOT NULL,
    mode text NOT NULL,
    position integer NOT NULL,
    price_minor bigint,
    names jsonb NOT NULL,
    document tsvector NOT NULL
);
CREATE INDEX offer_search_document ON offer_search USING gin (document);

CREATE TABLE search_words (
    word text PRIMARY KEY
);
CREATE INDEX search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
CREATE INDEX search_words_prefix ON search_words (word text_pattern_ops);

-- The words a person typed, as a query. Long words count by their beginning or by their stem, short ones whole ("pet" is no Petropavl) unless
-- that finds nothing. A word nobody knows is replaced by its nearest neighbours. If no offer has all words, those with any of them are found.
CREATE FUNCTION search_query(tokens text[]) RETURNS tsquery LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    token text;
    part tsquery;
    alike tsquery;
    all_words tsquery;
    any_word tsquery;
BEGIN
    FOREACH token IN ARRAY tokens LOOP
        part := plainto_tsquery('simple', token) || plainto_tsquery('russian', token) || plainto_tsquery('french', token);
        IF length(token) > 3 OR NOT EXISTS (SELECT FROM offer_search WHERE document @@ part) THEN
            part := part || to_tsquery('simple', token || ':*');
        END IF;
        IF length(token) > 3 AND NOT EXISTS (SELECT FROM offer_search WHERE document @@ part) THEN
            SELECT to_tsquery('simple', string_agg(word, ' | ')) INTO alike
            FROM (
                SELECT word, similarity(word, token) AS score, max(similarity(word, token)) OVER () AS best
                FROM search_words
                WHERE word % token
                ORDER BY score DESC, word
                LIMIT 6
            ) near
            WHERE score >= best * 0.75;
            part := coalesce(alike, part);
        END IF;
        all_words := CASE WHEN all_words IS NULL THEN part ELSE all_words && part END;
        any_word := CASE WHEN any_word IS NULL THEN part ELSE any_word || part END;
    END LOOP;
    IF EXISTS (SELECT FROM offer_search WHERE document @@ all_words) THEN
        RETURN all_words;
    END IF;
    RETURN any_word;
END $$;
