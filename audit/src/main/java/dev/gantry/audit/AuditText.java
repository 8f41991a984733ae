package dev.gantry.audit;

import dev.gantry.kernel.Text;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes texts of callers fit for the log: bounded, storable, and without anything that has the form of a key. */
final class AuditText {
    /** Keys of Gantry ({@code gk_prefix_secret}) and of OpenAI, Anthropic and their likes ({@code sk-...}). */
    private static final Pattern KEY =
            Pattern.compile("\\b(gk_[A-Za-z0-9]{1,40}_|sk-)[A-Za-z0-9_-]{8,400}+", Pattern.CASE_INSENSITIVE);

    private AuditText() {}

    static String clean(String text, int lengthMax) {
        String storable = Text.storable(text, lengthMax);
        if (storable.indexOf("k_") < 0 && storable.indexOf("k-") < 0 && storable.indexOf("K") < 0) {
            return storable;
        }
        return KEY.matcher(storable).replaceAll("$1***");
    }

    static @Nullable String cleanIfPresent(@Nullable String text, int lengthMax) {
        return text == null ? null : clean(text, lengthMax);
    }
}
