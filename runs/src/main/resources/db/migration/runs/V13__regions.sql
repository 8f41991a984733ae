-- Where models must be that the steps of a run ask; NULL for anywhere.
ALTER TABLE runs ADD COLUMN region text COLLATE "C";
