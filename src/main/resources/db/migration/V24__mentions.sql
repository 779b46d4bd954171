-- Who is mentioned in which message. Written in the transaction of the message, by a trigger that looks at those with
-- mentions only: so the number of mentions that somebody has not read is right at any time.
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

-- Of an edited message the mentions are those that it has now. Those that it had already stay as they are: who has left the
-- thread since does not follow it again because a word was corrected.
CREATE FUNCTION note_mentions() RETURNS trigger
    LANGUAGE plpgsql SET search_path = parley, pg_temp
AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        DELETE FROM mentions o
         WHERE o.conversation_id = NEW.conversation_id AND o.number = NEW.number AND o.user_id <> ALL (ARRAY(
               SELECT coalesce((m ->> 'user')::uuid, '00000000-0000-0000-0000-000000000000')
                 FROM jsonb_array_elements(NEW.content::jsonb -> 'mentions') m));
    END IF;
    INSERT INTO mentions (conversation_id, user_id, number, root_id, tenant_id, sender_id, to_follow)
    SELECT DISTINCT NEW.conversation_id, coalesce((m ->> 'user')::uuid, '00000000-0000-0000-0000-000000000000'),
           NEW.number, NEW.root_id, NEW.tenant_id, NEW.sender_id, NEW.conversation_id <> NEW.root_id AND m ? 'user'
      FROM jsonb_array_elements(NEW.content::jsonb -> 'mentions') m
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_mentions AFTER INSERT ON messages
    FOR EACH ROW WHEN (NEW.content LIKE '%"mentions"%' AND NEW.type <> 'system') EXECUTE FUNCTION note_mentions();
CREATE TRIGGER renote_mentions AFTER UPDATE OF content ON messages
    FOR EACH ROW WHEN (NEW.content IS DISTINCT FROM OLD.content
                       AND (OLD.content LIKE '%"mentions"%' OR NEW.content LIKE '%"mentions"%'))
    EXECUTE FUNCTION note_mentions();

-- How many of them a member has not read is for `unread_mentions` to say, in V27__expiry.sql.
