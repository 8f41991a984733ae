package dev.gantry.workflow;

import java.util.List;

/**
 * A workflow of another system, rewritten in our format.
 *
 * @param format where it comes from
 * @param name a name for the registry, made of the file's own; without a namespace
 * @param content the workflow as YAML
 * @param notes what was changed on the way and what could not be taken over
 * @param findings what the check says of the result
 */
public record Imported(Source format, String name, String content, List<Note> notes, List<Finding> findings) {
    /** Copies the lists. */
    public Imported {
        notes = List.copyOf(notes);
        findings = List.copyOf(findings);
    }

    /** Systems that workflows are imported from. */
    public enum Source {
        /** Gorgon's YAML. */
        GORGON_YAML("Gorgon workflow"),
        /** Gorgon's older JSON. */
        GORGON_JSON("Gorgon workflow (older JSON)"),
        /** A stitch of Fabric. */
        FABRIC_STITCH("Fabric stitch");

        private final String title;

        Source(String title) {
            this.title = title;
        }

        /** Returns the name for people. */
        public String title() {
            return title;
        }
    }

    /**
     * Something that whoever imports should know.
     *
     * @param lost whether it could not be taken over; otherwise it was changed into something like it
     * @param path where it was in the original
     */
    public record Note(boolean lost, String path, String text) {}

    /** Returns whether the result can be stored. */
    public boolean isUsable() {
        return findings.stream().noneMatch(finding -> finding.rule().isError());
    }
}
