package dev.gantry.gateway;

import dev.gantry.metering.Model;
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

    /** What one gave and another refused stays held until the end; a request has few attempts. */
    @Override
    public boolean enter(Model model) {
        for (Hold hold : holds) {
            if (!hold.enter(model)) {
                return false;
            }
        }
        return true;
    }

    /** As {@link #enter}. */
    @Override
    public boolean again() {
        for (Hold hold : holds) {
            if (!hold.again()) {
                return false;
            }
        }
        return true;
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
