package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A row of a step, or of a body when {@code step} is empty, while a transaction works on its run. Used by one thread. */
final class StepRow {
    final String scope;
    final String step;
    StepState state;
    int attempt;

    /** Attempts among these that ended with their process, or by trouble of the platform's own. */
    int lost;

    /** Attempts among these that ended by such trouble, so that they do not tell of a step that kills processes. */
    int troubled;

    long fence;

    /** The task that has it; of a step that was given up, the run that it waited for, until that is over. */
    @Nullable
    UUID strand;

    @Nullable
    UUID timer;

    @Nullable
    UUID childRun;

    /** The name of the event that it waits for. */
    @Nullable
    String event;

    boolean fallback;
    long reserved;
    long tokens;
    long cost;

    /** The run whose result it took; null when it was done. */
    @Nullable
    UUID cachedFrom;

    @Nullable
    String error;

    @Nullable
    Instant dueAt;

    @Nullable
    Instant startedAt;

    @Nullable
    Instant finishedAt;

    /** The value, when it is known here; otherwise it is read when it is needed. */
    @Nullable
    JsonNode output;

    @Nullable
    JsonNode data;

    /** What a map goes over, when it is known here. It lies in the place of its output while the map goes on. */
    @Nullable
    JsonNode items;

    /** The value as it was sealed already, outside of the transaction. */
    Vault.@Nullable Kept kept;

    boolean outputChanged;
    boolean dataChanged;
    boolean itemsChanged;
    boolean changed;

    StepRow(String scope, String step, StepState state) {
        this.scope = scope;
        this.step = step;
        this.state = state;
    }

    String path() {
        return step.isEmpty() ? scope : ScopePath.path(scope, step);
    }

    /** Returns the number of the item, case or round that it belongs to; 0 for a step of the workflow itself. */
    long index() {
        int begin = scope.lastIndexOf('[');
        String number = begin < 0 ? "" : scope.substring(begin + 1, scope.length() - 1);
        return number.matches("\\d{1,9}") ? Long.parseLong(number) : 0;
    }

    /** Returns what the value is sealed for. */
    String place(String column) {
        return scope + ":" + step + ":" + column;
    }

    void output(JsonNode value) {
        output = value;
        kept = null;
        outputChanged = true;
        changed = true;
    }

    void items(JsonNode value) {
        items = value;
        itemsChanged = true;
        changed = true;
    }

    void data(JsonNode value) {
        data = value;
        dataChanged = true;
        changed = true;
    }
}
