-- Who switched the scarcity policy last; null for a center that never did, or did before this file.
ALTER TABLE center_settings ADD COLUMN changed_by text;
