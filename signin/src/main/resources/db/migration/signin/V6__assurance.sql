-- How strongly whoever opened a session proved who they are, in the words of whoever saw it (acr and amr of OpenID Connect, the
-- class of the authentication context of SAML).
ALTER TABLE signin_sessions ADD COLUMN acr text CHECK (length(acr) <= 255);
ALTER TABLE signin_sessions ADD COLUMN amr text[] NOT NULL DEFAULT '{}' CHECK (cardinality(amr) <= 20);
