-- Who a membership came from: null stands for people and programs here; otherwise it is the issuer that vouches for its
-- member, who may take back what it gave and nothing else.
ALTER TABLE group_members ADD COLUMN source text CHECK (length(source) BETWEEN 1 AND 500);
ALTER TABLE memberships ADD COLUMN source text CHECK (length(source) BETWEEN 1 AND 500);
