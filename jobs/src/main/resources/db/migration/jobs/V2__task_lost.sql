-- Ends the transaction of a node that changes a task which it has no more, without a round trip that asks first.
CREATE FUNCTION require_task(held bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF held <> 1 THEN
            RAISE EXCEPTION 'another node has the task' USING ERRCODE = 'GT001';
        END IF;
    END $$;
