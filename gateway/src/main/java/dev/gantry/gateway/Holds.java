package dev.gantry.gateway;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Several holds that end together, the last one first. Only the first way in which they end counts. */
final class Holds implements Hold {
    private final Deque<Hold> holds = new ArrayDeque<>(4);
    private boolean ended;

    void add(Hold hold) {
        holds.push(hold);
    }

    @Override
    public void settle(Settled settled) {
        if (!ended) {
            ended = true;
            holds.forEach(hold -> hold.settle(settled));
        }
    }

    @Override
    public void release() {
        if (!ended) {
            ended = true;
            holds.forEach(Hold::release);
        }
    }

    @Override
    public Map<String, String> replyHeaders() {
        if (holds.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>();
        holds.forEach(hold -> headers.putAll(hold.replyHeaders()));
        return headers;
    }
}
