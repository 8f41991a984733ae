package dev.gantry.provider.offline;

import java.util.ArrayList;
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
 * @param points how many main points; 0 to let the text's length decide
 * @param phrases how many key phrases at most
 * @param quotes how many quotations at most
 * @param questions how many questions at most
 */
record Wish(List<Part> parts, boolean understood, int points, int phrases, int quotes, int questions) {
    private static final int INSTRUCTION_CHARS_MAX = 64 * 1024;
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
                "(?:main |key |notable |major |core |important )?(?:points?|ideas?|insights?|takeaways?|highlights?|findings?"
                        + "|facts?|claims?|decisions?|events?|results?|topics? discussed)"),
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
    }

    /** Reads instructions; empty ones ask for the default parts. */
    static Wish of(String instructions) {
        String text = instructions.substring(0, Math.min(instructions.length(), INSTRUCTION_CHARS_MAX));
        List<Part> parts = new ArrayList<>();
        addParts(parts, HEADING_LINE.matcher(text));
        addParts(parts, NAMED_SECTION.matcher(text));
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
                default -> points = points == 0 ? count : points;
            }
        }
        boolean understood = !parts.isEmpty();
        return new Wish(understood ? parts : DEFAULT_PARTS, understood, points, phrases, quotes, questions);
    }

    private static void addParts(List<Part> parts, Matcher matcher) {
        while (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                String heading = matcher.group(group);
                if (heading == null) {
                    continue;
                }
                String lower = heading.strip().toLowerCase(Locale.ROOT);
                for (Part part : Part.values()) {
                    if (part.heading.matcher(lower).matches() && !parts.contains(part)) {
                        parts.add(part);
                    }
                }
            }
        }
    }

    private static int number(String written) {
        Integer named = NUMBERS.get(written.toLowerCase(Locale.ROOT));
        return named == null ? Integer.parseInt(written) : named;
    }
}
