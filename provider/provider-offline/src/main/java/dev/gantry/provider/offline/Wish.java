package dev.gantry.provider.offline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What instructions ask of an extraction, as far as an extraction can follow them: which parts the answer should have, read
 * off the headings that the instructions name, and how many entries.
 *
 * @param parts in the order asked for; never empty, no part twice
 * @param understood whether the instructions named at least one part; false also without instructions
 * @param leftOut headings that the instructions ask for and that an extraction cannot fill, as they are written there
 * @param points how many main points; 0 to let the text's length decide
 * @param phrases how many key phrases at most
 * @param quotes how many quotations at most
 * @param questions how many questions at most
 */
record Wish(
        List<Part> parts,
        boolean understood,
        List<String> leftOut,
        int points,
        int phrases,
        int quotes,
        int questions) {
    private static final int INSTRUCTION_CHARS_MAX = 64 * 1024;
    /** A smaller number belongs to something else ("one idea a bullet"). */
    private static final int POINTS_MIN = 2;

    private static final int ENTRIES_MAX = 25;
    private static final int PHRASES_DEFAULT = 8;
    private static final int PASSAGES_DEFAULT = 10;
    private static final List<Part> DEFAULT_PARTS = List.of(Part.GIST, Part.POINTS, Part.PHRASES);

    /** A part of the answer. */
    enum Part {
        /** One sentence for the whole. */
        GIST(
                "(?:one[- ]sentence )?(?:summary|gist|overview|abstract|tl;?dr|in brief|in short|essence|synopsis|briefing)"),
        /** The sentences that say most. */
        POINTS(
                "(?:main |key |notable |major |core |important )?(?:points?|ideas?|insights?|takeaways?|highlights?|statements?)"),
        /** What the text is about. */
        PHRASES("(?:key |important )?(?:phrases?|key ?words?|terms?|topics?|tags?|concepts?|glossary)"),
        /** Passages in quotation marks. */
        QUOTES("(?:notable |direct |memorable |verbatim )?(?:quotes?|quotations?|citations?)"),
        /** What the text asks. */
        QUESTIONS("(?:open |raised |unanswered )?questions?(?: (?:raised|asked))?");

        private final Pattern heading;

        Part(String heading) {
            this.heading = Pattern.compile(heading + "\\b.{0,40}");
        }
    }

    private static final Pattern HEADING_LINE = Pattern.compile(
            "^\\s{0,3}(?:#{1,6}\\s+([^\\n]{1,60})|\\*\\*([^*\\n]{1,60})\\*\\*:?\\s*|([A-Z][A-Z0-9 &/-]{2,40}):?)\\s*$",
            Pattern.MULTILINE);
    private static final Pattern NAMED_SECTION = Pattern.compile(
            "\\b(?:section|heading)s?\\s+(?:called|named|titled|headed)?\\s*[\"'“`*#]{0,4}\\s?([A-Z][A-Za-z -]{2,40})");
    private static final Pattern ABOUT_THE_TASK = Pattern.compile(
            "\\b(?:output|input|identity|purpose|goal|role|task|steps?|rules?|instructions?|examples?|context|format|notes?)\\b");
    private static final int PLAIN_CHARS_MAX = 300;
    private static final Pattern PLAIN_SUMMARY = Pattern.compile(
            "\\b(?:summar(?:y|i[sz]e|ies)|tl;?dr|condense|shorten|gist|zusammenfass\\w*|résum\\w+|resum\\w+)\\b");
    private static final Map<Part, Pattern> PLAIN_PARTS = new EnumMap<>(Map.of(
            Part.POINTS, Pattern.compile("\\b(?:bullets?|key points|main points|(?:key )?ideas|takeaways|insights)\\b"),
            Part.PHRASES, Pattern.compile("\\b(?:key ?words|key ?phrases|tags|topics)\\b"),
            Part.QUOTES, Pattern.compile("\\b(?:quotes|quotations)\\b"),
            Part.QUESTIONS, Pattern.compile("\\b(?:(?:extract|list|find|collect)\\b.{0,40}\\bquestions)\\b")));
    private static final int LEFT_OUT_MAX = 12;
    private static final Map<String, Integer> NUMBERS = Map.ofEntries(
            Map.entry("one", 1),
            Map.entry("two", 2),
            Map.entry("three", 3),
            Map.entry("four", 4),
            Map.entry("five", 5),
            Map.entry("six", 6),
            Map.entry("seven", 7),
            Map.entry("eight", 8),
            Map.entry("nine", 9),
            Map.entry("ten", 10),
            Map.entry("twelve", 12),
            Map.entry("fifteen", 15),
            Map.entry("twenty", 20));
    private static final Pattern COUNT = Pattern.compile(
            "(?i)\\b(\\d{1,3}|" + String.join("|", NUMBERS.keySet()) + ")"
                    + "(?:\\s*(?:-|–|to|or)\\s*(\\d{1,3}|" + String.join("|", NUMBERS.keySet()) + "))?"
                    + "\\s+(?:[a-z-]{1,20}\\s+){0,3}?"
                    + "(bullets?|points?|ideas?|takeaways?|insights?|findings?|phrases?|keywords?|terms?|quotes?|questions?)\\b");

    /** Copies the parts. */
    Wish {
        parts = List.copyOf(parts);
        leftOut = List.copyOf(leftOut);
    }

    /** Reads instructions; empty ones ask for the default parts. */
    static Wish of(String instructions) {
        String text = instructions.substring(0, Math.min(instructions.length(), INSTRUCTION_CHARS_MAX));
        List<Part> parts = new ArrayList<>();
        List<String> leftOut = new ArrayList<>();
        addParts(parts, leftOut, HEADING_LINE.matcher(text));
        addParts(parts, leftOut, NAMED_SECTION.matcher(text));
        int points = 0;
        int phrases = PHRASES_DEFAULT;
        int quotes = PASSAGES_DEFAULT;
        int questions = PASSAGES_DEFAULT;
        Matcher counts = COUNT.matcher(text);
        while (counts.find()) {
            int count = Math.clamp(number(counts.group(2) == null ? counts.group(1) : counts.group(2)), 1, ENTRIES_MAX);
            String noun = counts.group(3).toLowerCase(Locale.ROOT);
            switch (noun.charAt(0) == 'q' ? noun.substring(0, 4) : noun.substring(0, 2)) {
                case "ph", "ke", "te" -> phrases = count;
                case "quot" -> quotes = count;
                case "ques" -> questions = count;
                default -> points = count < POINTS_MIN ? points : Math.max(points, count);
            }
        }
        if (parts.isEmpty() && text.length() <= PLAIN_CHARS_MAX) {
            addPlainWishes(parts, text);
        }
        boolean understood = !parts.isEmpty();
        return new Wish(understood ? parts : DEFAULT_PARTS, understood, leftOut, points, phrases, quotes, questions);
    }

    /** A few words of instruction name no headings: "Summarize this in five bullet points". */
    private static void addPlainWishes(List<Part> parts, String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (PLAIN_SUMMARY.matcher(lower).find()) {
            parts.addAll(DEFAULT_PARTS);
        }
        PLAIN_PARTS.forEach((part, words) -> {
            if (words.matcher(lower).find() && !parts.contains(part)) {
                parts.add(part);
            }
        });
    }

    /** Sorts headings into parts and, where they describe the answer, into what is left out. */
    private static void addParts(List<Part> parts, List<String> leftOut, Matcher matcher) {
        boolean named = matcher.pattern() == NAMED_SECTION;
        boolean inOutput = named;
        while (matcher.find()) {
            String heading = heading(matcher);
            String lower = heading.toLowerCase(Locale.ROOT);
            if (ABOUT_THE_TASK.matcher(lower).find()) {
                inOutput = named || lower.startsWith("output") || lower.contains("sections");
                continue;
            }
            List<Part> matching = Arrays.stream(Part.values())
                    .filter(part -> part.heading.matcher(lower).matches())
                    .toList();
            matching.stream().filter(part -> !parts.contains(part)).forEach(parts::add);
            if (matching.isEmpty() && inOutput && leftOut.size() < LEFT_OUT_MAX && !leftOut.contains(heading)) {
                leftOut.add(heading);
            }
        }
    }

    private static String heading(Matcher matcher) {
        for (int group = 1; group <= matcher.groupCount(); group++) {
            if (matcher.group(group) != null) {
                String heading = matcher.group(group).strip();
                return heading.endsWith(":") ? heading.substring(0, heading.length() - 1) : heading;
            }
        }
        return "";
    }

    private static int number(String written) {
        Integer named = NUMBERS.get(written.toLowerCase(Locale.ROOT));
        return named == null ? Integer.parseInt(written) : named;
    }
}
