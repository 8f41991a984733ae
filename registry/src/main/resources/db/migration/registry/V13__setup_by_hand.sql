-- An administrator calls this by hand, whose search path is not Gantry's.
ALTER FUNCTION asset_search_setup() SET search_path = gantry, public;
ALTER FUNCTION asset_search_setup_words() SET search_path = gantry, public;
