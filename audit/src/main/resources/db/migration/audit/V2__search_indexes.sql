-- What a search needs so that it does not read the whole log. Every index costs time with each event, and nearly all events
-- are successful answers of models. So the kinds of events and the results are indexed without those: whoever searches for
-- them finds enough at the end of the log anyway.
CREATE INDEX audit_events_by_request ON audit_events (organization_id, request_id);

CREATE INDEX audit_events_by_actor ON audit_events (organization_id, actor, occurred_at);

CREATE INDEX audit_events_by_type ON audit_events (organization_id, event_type, occurred_at)
    WHERE event_type NOT IN ('model.chat', 'pattern.execute');

CREATE INDEX audit_events_by_result ON audit_events (organization_id, result, occurred_at)
    WHERE result <> 'success';
