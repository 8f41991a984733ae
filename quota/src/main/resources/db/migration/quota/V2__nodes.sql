-- The nodes that run at the moment, so that each knows its share of what they all may use. A node raises its number from
-- time to time; the others see by their own clocks that it goes on rising.
CREATE TABLE quota_nodes (
    node  uuid   PRIMARY KEY,
    beats bigint NOT NULL
);
