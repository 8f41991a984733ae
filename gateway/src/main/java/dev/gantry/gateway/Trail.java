package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was tried for a request so far. Used by one thread. */
final class Trail {
    private final List<Attempt> attempts = new ArrayList<>(2);
    private @Nullable GantryException unreadable;
    private @Nullable Model hedged;

    void add(Attempt attempt) {
        attempts.add(attempt);
    }

    /** Notes that a model cannot be asked this at all. */
    void unreadable(Model model, GantryException reason) {
        unreadable = unreadable == null ? reason : unreadable;
        attempts.add(new Attempt(model, TokenUsage.NONE, reason.code().id(), 0));
    }

    /** Returns why the first of the models could not be asked that cannot be asked this. */
    @Nullable
    GantryException unreadable() {
        return unreadable;
    }

    /** Notes that a model was asked while another one was. */
    void hedged(Model model) {
        hedged = model;
    }

    /** Returns, once, whether a model was asked already while another one was. */
    boolean wasHedged(Model model) {
        boolean was = model.equals(hedged);
        hedged = was ? null : hedged;
        return was;
    }

    /** Takes over what another thread has tried. */
    void addAll(Trail other) {
        attempts.addAll(other.attempts);
        unreadable = unreadable == null ? other.unreadable : unreadable;
    }

    boolean isEmpty() {
        return attempts.isEmpty();
    }

    int size() {
        return attempts.size();
    }

    /** Returns whether an attempt has cost something. */
    boolean hasConsumed() {
        for (Attempt attempt : attempts) {
            if (attempt.hasConsumed()) {
                return true;
            }
        }
        return false;
    }

    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }
}
