package dev.gantry.metering;

import java.util.Locale;

/** What kind of task a model is made for, so that work can be sent to the least expensive one that will do. */
public enum Tier {
    /** Short, frequent tasks: classification, extraction, routing. */
    SIMPLE,
    /** Everyday work: summaries, code review, conversation. */
    STANDARD,
    /** Long reasoning, planning, large code changes. */
    COMPLEX,
    /** Vectors of texts, never conversation. */
    EMBEDDING;

    /** Returns the name in configuration files and on the wire, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
