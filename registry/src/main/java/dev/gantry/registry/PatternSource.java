package dev.gantry.registry;

import java.util.List;

/**
 * A pattern's file, taken apart.
 *
 * @param frontMatter what it says about itself; {@link FrontMatter#NONE} when it has no such block
 * @param body the instructions, everything after the front matter
 * @param warnings what an author should know, such as keys without effect
 */
record PatternSource(FrontMatter frontMatter, String body, List<String> warnings) {
    PatternSource {
        warnings = List.copyOf(warnings);
    }
}
