package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import java.util.Locale;

/** What a text in the registry is for. Names of different kinds do not collide. */
public enum AssetKind {
    /** Instructions with an optional front matter; the only kind whose text is a template. */
    PATTERN("pattern", "patterns", ErrorCode.UNKNOWN_PATTERN),
    /** Background that is put before a pattern, taken literally. */
    CONTEXT("context", "patterns", ErrorCode.NOT_FOUND),
    /** A way of working, such as thinking step by step, that is put before a pattern; taken literally. */
    STRATEGY("strategy", "patterns", ErrorCode.NOT_FOUND),
    /** Steps over patterns, models, tools and people, as YAML; see {@link WorkflowFormat}. */
    WORKFLOW("workflow", "workflows", ErrorCode.NOT_FOUND);

    private final String id;
    private final String resource;
    private final ErrorCode unknown;

    AssetKind(String id, String resource, ErrorCode unknown) {
        this.id = id;
        this.resource = resource;
        this.unknown = unknown;
    }

    /** Returns the name in the database, in audit events and in messages, such as {@code pattern}. */
    public String id() {
        return id;
    }

    /** Returns the kind of an id. */
    static AssetKind of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    /** Returns the resource that permissions on it speak of, such as {@code patterns}. */
    public String resource() {
        return resource;
    }

    /** The code of the error that says that no asset of this kind has that name. */
    ErrorCode unknown() {
        return unknown;
    }
}
