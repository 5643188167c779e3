-- A booking is an agency's by its link, or because the agency let the patient wait for that time. The latter has no link and no code.
ALTER TABLE referrals
    ADD COLUMN source text NOT NULL DEFAULT 'link' CHECK (source IN ('link', 'waitlist')),
    ADD CONSTRAINT waiting_patients_need_no_link CHECK (source = 'link' OR (link_id IS NULL AND code = ''));
