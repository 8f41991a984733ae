-- Where the models must be that the runs of a trigger ask; null for anywhere.
ALTER TABLE triggers ADD COLUMN region text;
