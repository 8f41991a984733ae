package dev.gantry.workflow;

import java.time.Duration;
import java.util.Collection;
import java.util.stream.Collectors;

/** Values in words, for messages. */
final class Words {
    private Words() {}

    /** Returns a length of time in its largest whole unit, such as {@code 90m}. */
    static String of(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds > 0 && seconds % 86_400 == 0) {
            return seconds / 86_400 + "d";
        }
        if (seconds > 0 && seconds % 3_600 == 0) {
            return seconds / 3_600 + "h";
        }
        return seconds > 0 && seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
    }

    /** Returns names in quotes with commas between. */
    static String quoted(Collection<String> names) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
    }
}
