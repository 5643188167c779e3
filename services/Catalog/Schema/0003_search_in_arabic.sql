-- As before, and by the stems of Arabic words too.
CREATE OR REPLACE FUNCTION search_query(tokens text[]) RETURNS tsquery LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
DECLARE
    token text;
    part tsquery;
    alike tsquery;
    all_words tsquery;
    any_word tsquery;
BEGIN
    FOREACH token IN ARRAY tokens LOOP
        part := plainto_tsquery('simple', token) || plainto_tsquery('russian', token) || plainto_tsquery('french', token)
            || plainto_tsquery('arabic', token);
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
