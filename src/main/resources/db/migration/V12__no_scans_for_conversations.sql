-- Two plans that grew with what they should not grow with. Making a conversation looked up its people by reading all of
-- their tenant; versions for n personal changes were joined by n times n comparisons.
ALTER FUNCTION conversation_items(jsonb) SET enable_hashjoin = off;
ALTER FUNCTION conversation_items(jsonb) SET enable_mergejoin = off;
ALTER FUNCTION conversation_items(jsonb) SET enable_bitmapscan = off;
ALTER FUNCTION take_user_versions(uuid[], uuid[]) SET enable_hashjoin = on;
