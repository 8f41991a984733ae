package dev.gantry.provider.offline;

import dev.gantry.provider.offline.Extract.Point;
import java.util.ArrayList;
import java.util.List;

/**
 * An extract as Markdown that reads well in a terminal, in the pieces in which it is streamed: one sentence each.
 *
 * @param pieces their concatenation is the answer; none is empty
 */
record Answer(List<String> pieces) {
    private static final String SIGNATURE =
            "The model `offline/extract` neither writes nor reasons; for that, configure a" + " model provider.*\n";

    /** Copies the pieces. */
    Answer {
        pieces = List.copyOf(pieces);
    }

    /** Returns the whole answer. */
    String text() {
        return String.join("", pieces);
    }

    /** Returns the answer to a text that is so short that nothing can be left out. */
    static Answer asItStands(String source) {
        return new Answer(List.of(
                source.strip(), "\n\n*Too short to extract from: this is the input as it stands. " + SIGNATURE));
    }

    /**
     * Writes an extract in the parts that are wished for.
     *
     * @param instructed whether there were instructions; when none of them could be followed, the answer says so first
     */
    static Answer of(Extract extract, Wish wish, boolean instructed) {
        List<String> pieces = new ArrayList<>();
        if (instructed && !wish.understood()) {
            pieces.add(
                    "> **Note:** the instructions ask for more than an extraction can give. Here are the main sentences of"
                            + " the input instead.\n\n");
        }
        pieces.add("# " + (extract.title() == null ? "Summary" : extract.title()) + "\n");
        int quoted = 0;
        for (Wish.Part part : wish.parts()) {
            quoted += switch (part) {
                case GIST -> gist(pieces, extract);
                case POINTS -> points(pieces, extract);
                case PHRASES -> phrases(pieces, extract);
                case QUOTES -> passages(pieces, "Quotes", "quotations", extract.quotes());
                case QUESTIONS -> passages(pieces, "Questions", "questions", extract.questions());
            };
        }
        if (wish.understood() && !wish.leftOut().isEmpty()) {
            pieces.add("\n*Left out, because it has to be written and cannot be extracted: "
                    + String.join(", ", wish.leftOut()) + ".*\n");
        }
        pieces.add("\n*Extracted, not generated: " + (quoted == 1 ? "the sentence" : "the " + quoted + " sentences")
                + " above stand" + (quoted == 1 ? "s" : "") + " word for word in the input, which has "
                + extract.sentences()
                + ". " + SIGNATURE);
        return new Answer(pieces);
    }

    private static int gist(List<String> pieces, Extract extract) {
        if (extract.gist() == null) {
            return 0;
        }
        pieces.add("\n" + extract.gist() + "\n");
        return 1;
    }

    private static int points(List<String> pieces, Extract extract) {
        if (extract.points().isEmpty()) {
            return 0;
        }
        pieces.add("\n## Main points\n\n");
        for (Point point : extract.points()) {
            pieces.add("- " + point.text() + "\n");
        }
        return extract.points().size();
    }

    private static int phrases(List<String> pieces, Extract extract) {
        if (!extract.phrases().isEmpty()) {
            pieces.add("\n## Key phrases\n\n" + String.join(", ", extract.phrases()) + "\n");
        }
        return 0;
    }

    private static int passages(List<String> pieces, String heading, String kind, List<String> passages) {
        pieces.add("\n## " + heading + "\n\n");
        if (passages.isEmpty()) {
            pieces.add("None: the input has no " + kind + ".\n");
        }
        for (String passage : passages) {
            pieces.add("- " + passage + "\n");
        }
        return passages.size();
    }
}
