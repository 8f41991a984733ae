package dev.gantry.corpus;

import dev.gantry.corpus.Sample.Label;
import dev.gantry.corpus.Template.Piece;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Makes samples from templates, values and carriers. The same part, seed and number give the same samples.
 */
public final class Corpus {
    /** Which sentences are used. */
    public enum Part {
        /** Those that detectors may be improved with. */
        KNOWN("known.txt"),
        /** Those that were written in another style and kept apart, to see whether detectors are general. */
        HELD_OUT("held-out.txt"),
        /** Texts in which nothing is to be found, although much looks like it. */
        HARMLESS("harmless.txt"),
        /** Others of these, kept apart. */
        HELD_OUT_HARMLESS("held-out-harmless.txt");

        private final String file;

        Part(String file) {
            this.file = file;
        }
    }

    private Corpus() {}

    /**
     * Makes samples.
     *
     * @param timesEach how often each sentence is filled with other values and put into another carrier
     */
    public static List<Sample> make(Part part, long seed, int timesEach) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        Draw draw = new Draw(random, part == Part.HELD_OUT);
        List<Sample> samples = new ArrayList<>();
        for (String line : lines(part.file)) {
            for (int time = 0; time < timesEach; time++) {
                Carrier carrier = draw.chance(45) ? Carrier.ALONE : draw.of(Carrier.values());
                samples.add(sample(new Template(line).fill(draw), carrier));
            }
        }
        return samples;
    }

    /** Makes samples of every form of token that services document, so many of each. */
    public static List<Sample> tokens(long seed, int timesEach) {
        Draw draw = new Draw(RandomGeneratorFactory.of("L64X128MixRandom").create(seed), false);
        List<Sample> samples = new ArrayList<>();
        for (String name : SecretValues.names()) {
            for (int time = 0; time < timesEach; time++) {
                Value token = SecretValues.token(name, draw);
                Piece piece = new Piece(token.kind(), token.text());
                samples.add(sample(List.of(new Piece(null, "use "), piece, new Piece(null, " here")), Carrier.ALONE));
            }
        }
        return samples;
    }

    /** What texts try, or do not try, to do to a model. */
    public enum Intent {
        /** To turn it against its instructions, written by its user. */
        ATTACK("attacks.txt"),
        /** The same, hidden in what a tool returns. */
        ATTACK_IN_DOCUMENT("attacks-in-documents.txt"),
        /** Nothing, though many speak about attacks, or of instructions and rules. */
        BENIGN("benign.txt");

        private final String file;

        Intent(String file) {
            this.file = file;
        }
    }

    /** Returns texts by what they try to do to a model. */
    public static List<String> texts(Intent intent) {
        return lines(intent.file);
    }

    /** Returns the lines of a file of templates; those that begin with {@code ##} are headings. */
    static List<String> lines(String file) {
        try (InputStream in = Corpus.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("##"))
                    .map(line -> line.replace("\\n", "\n").replace("\\t", "\t").replace("\\u200b", "\u200b"))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Sample sample(List<Piece> pieces, Carrier carrier) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        List<Label> labels = new ArrayList<>();
        text.writeBytes(utf8(carrier.before()));
        for (Piece piece : pieces) {
            int start = text.size();
            text.writeBytes(utf8(carrier.escape(piece.text())));
            if (piece.kind() != null) {
                labels.add(new Label(piece.kind(), start, text.size()));
            }
        }
        text.writeBytes(utf8(carrier.behind()));
        return new Sample(text.toString(StandardCharsets.UTF_8), labels);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
