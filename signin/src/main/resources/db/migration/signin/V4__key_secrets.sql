-- Which of its key's secrets a session was opened with. It ends with that secret, so that rotating a key that leaked ends what was
-- opened with it.
ALTER TABLE signin_sessions ADD COLUMN key_secret_id uuid;
