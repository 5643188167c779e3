-- A name is what its person tells: one word or several. Nobody has to have one.
ALTER TABLE accounts ADD CONSTRAINT accounts_name CHECK (char_length(name) BETWEEN 1 AND 120);
