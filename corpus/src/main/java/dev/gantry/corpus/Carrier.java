package dev.gantry.corpus;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** What a text stands in: a document, a line of a log, code. Says what goes before and behind, and how it is escaped. */
enum Carrier {
    ALONE("", ""),
    FIRST("", "\n\nThe quick summary follows below, and nothing else of note happened during the meeting."),
    LAST("Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt.\n\n", ""),
    INSIDE(
            "We had a long talk about the roadmap, the budget and the weather. ",
            "\nAfter that the team went for lunch, and came back with 3 new ideas and 12 questions."),
    JSON("{\"type\":\"note\",\"seq\":42,\"body\":\"", "\",\"ok\":true}", Carrier::json),
    CSV("17,\"", "\",open,2024-03-01", text -> text.replace("\"", "\"\"").replace("\n", " ")),
    LOG(
            "2025-06-11T08:14:02.881Z WARN  [http-nio-8080-exec-7] c.a.s.Handler - ",
            " (took 18 ms)",
            text -> text.replace("\n", " ")),
    MAIL("Subject: your request\n\nHi there,\n\n", "\n\nKind regards\nThe support team"),
    MARKDOWN("## Notes\n\n- first point\n- ", "\n- last point\n"),
    COMMENT("int retries = 3; // ", "\nreturn retries * 2;", text -> text.replace("\n", " ")),
    XML(
            "<entry id=\"e7\"><text>",
            "</text></entry>",
            text -> text.replace("&", "&amp;").replace("<", "&lt;")),
    FORM(
            "action=save&comment=",
            "&lang=en",
            text -> URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20")),
    CHAT("[10:42] agent: how can I help?\n[10:43] customer: ", "\n[10:44] agent: thank you, one moment please");

    private final String before;
    private final String behind;

    @SuppressWarnings("ImmutableEnumChecker") // Functions without state.
    private final UnaryOperator<String> escape;

    Carrier(String before, String behind) {
        this(before, behind, text -> text);
    }

    Carrier(String before, String behind, UnaryOperator<String> escape) {
        this.before = before;
        this.behind = behind;
        this.escape = escape;
    }

    String before() {
        return before;
    }

    String behind() {
        return behind;
    }

    String escape(String text) {
        return escape.apply(text);
    }

    private static String json(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }
}
