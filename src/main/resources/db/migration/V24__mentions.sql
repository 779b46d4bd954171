-- Who is mentioned in which message. Written in the transaction of the message: so the number of mentions that somebody has
-- not read is right at any time.
--
-- `user_id` is nobody's, all zeros, for those who mention everybody ('all', 'here'); of those who are meant by both
-- only one counts.
CREATE TABLE mentions (
    conversation_id uuid    NOT NULL,
    user_id         uuid    NOT NULL,
    number          bigint  NOT NULL,
    root_id         uuid    NOT NULL,
    tenant_id       uuid    NOT NULL,
    sender_id       uuid    NOT NULL,
    -- In a thread, as long as it has not been seen to that he follows it.
    to_follow       boolean NOT NULL,
    PRIMARY KEY (conversation_id, user_id, number, root_id)
);
CREATE INDEX mentions_to_follow ON mentions (conversation_id) WHERE to_follow;

CREATE FUNCTION mentions_of(said messages) RETURNS SETOF mentions
    LANGUAGE sql STABLE SET search_path = parley, pg_temp
AS $$
    SELECT DISTINCT said.conversation_id, coalesce((m ->> 'user')::uuid, '00000000-0000-0000-0000-000000000000'),
           said.number, said.root_id, said.tenant_id, said.sender_id, said.conversation_id <> said.root_id AND m ? 'user'
      FROM jsonb_array_elements(said.content::jsonb -> 'mentions') m
$$;

-- Of messages that were just appended, see append_messages.
CREATE FUNCTION note_mentions(conversations uuid[], ids uuid[]) RETURNS void
    LANGUAGE sql SET search_path = parley, pg_temp
AS $$
    INSERT INTO mentions
    SELECT m.* FROM just_appended(conversations, ids) s CROSS JOIN LATERAL mentions_of(s) m
     WHERE s.content LIKE '%"mentions"%'
    ON CONFLICT DO NOTHING
$$;

-- Of an edited message the mentions are those that it has now. Those that it had already stay as they are: who has left the
-- thread since does not follow it again because a word was corrected.
CREATE FUNCTION renote_mentions() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    DELETE FROM mentions o
     WHERE o.conversation_id = NEW.conversation_id AND o.number = NEW.number AND o.user_id <> ALL (ARRAY(
           SELECT m.user_id FROM mentions_of(NEW) m));
    INSERT INTO mentions SELECT * FROM mentions_of(NEW) ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER renote_mentions AFTER UPDATE OF content ON messages
    FOR EACH ROW WHEN (NEW.content IS DISTINCT FROM OLD.content
                       AND (OLD.content LIKE '%"mentions"%' OR NEW.content LIKE '%"mentions"%'))
    EXECUTE FUNCTION renote_mentions();

-- How many of them a member has not read is for `unread_mentions` to say, in V27__expiry.sql.
