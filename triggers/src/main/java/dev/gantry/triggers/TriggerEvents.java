package dev.gantry.triggers;

import dev.gantry.workflow.Action;
import java.util.List;

/** The names of events that workflows can be started by, and wait for. */
public final class TriggerEvents {
    /** There is a new version of a pattern, workflow or the like: kind, asset, namespace, version, by, outcome. */
    public static final String ASSET_STORED = "asset.stored";

    /** There is a version that others see and may use, or others came to see an asset; the same facts. */
    public static final String ASSET_PUBLISHED = "asset.published";

    /** A threshold of a budget was passed: level, subject, period, unit, threshold, limit, spent. */
    public static final String BUDGET_ALERT = "budget.alert";

    /** A run ended well: run, workflow, version, user, team, region, cause, tokens, error. */
    public static final String RUN_SUCCEEDED = "run.succeeded";

    /** A run failed; the same facts. */
    public static final String RUN_FAILED = "run.failed";

    /** A run was cancelled; the same facts. */
    public static final String RUN_CANCELLED = "run.cancelled";

    /** An analysis is done. */
    public static final String ANALYSIS_DONE = "analysis.done";

    /** The fact where the models had to be that a run asked. */
    static final String REGION = "region";

    /** All of them. */
    public static final List<String> NAMES = Action.AwaitEvent.EVENTS;

    private TriggerEvents() {}
}
