package dev.gantry.provider.offline;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.Map;

/**
 * The sentence embedding model all-MiniLM-L6-v2 (Wang et al.: "MiniLM: Deep Self-Attention Distillation", 2020; Reimers and
 * Gurevych: "Sentence-BERT", 2019) with 8-bit weights, run in the process. Takes a second and some 100 MB once it is made,
 * hence it is made when it is first needed. Thread-safe; computes on the calling thread, natively.
 */
final class MiniLm {
    /** The length of its vectors. */
    static final int DIMENSIONS = 384;

    /** The longest input that it was trained on, in pieces, without those that begin and end it. */
    static final int WINDOW = 254;

    private static final String MODEL = "/all-minilm-l6-v2-q.onnx";
    private static final String TOKENIZER = "/all-minilm-l6-v2-q-tokenizer.json";

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final WordPieces pieces;

    private MiniLm(OrtEnvironment environment, OrtSession session, WordPieces pieces) {
        this.environment = environment;
        this.session = session;
        this.pieces = pieces;
    }

    /**
     * Loads the model.
     *
     * @throws IOException if its native library cannot be loaded on this platform, or a file is missing
     */
    static MiniLm load() throws IOException {
        try (InputStream model = resource(MODEL);
                InputStream tokenizer = resource(TOKENIZER);
                OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            // One thread for each input, several inputs at a time: no threads that spin while there is nothing to do.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            OrtSession session = environment.createSession(model.readAllBytes(), options);
            return new MiniLm(environment, session, WordPieces.read(tokenizer));
        } catch (OrtException | LinkageError | IllegalStateException unusable) {
            throw new IOException("The native library of the embedding model cannot be used: " + unusable, unusable);
        }
    }

    private static InputStream resource(String name) throws IOException {
        InputStream resource = MiniLm.class.getResourceAsStream(name);
        if (resource == null) {
            throw new IOException("The file " + name + " of the embedding model is not on the class path");
        }
        return resource;
    }

    /** Cuts a text into pieces. */
    int[] pieces(String text) {
        return pieces.of(text);
    }

    /**
     * Returns the mean of the model's vectors over one window of pieces.
     *
     * @param from the window's first piece
     * @param to the piece after its last, at most {@link #WINDOW} further
     */
    float[] embed(int[] text, int from, int to) throws OrtException {
        int length = to - from + 2;
        long[] input = new long[length];
        input[0] = WordPieces.BEGIN;
        for (int index = from; index < to; index++) {
            input[index - from + 1] = text[index];
        }
        input[length - 1] = WordPieces.END;
        long[] attention = new long[length];
        Arrays.fill(attention, 1);
        long[] shape = {1, length};
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(input), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(attention), shape);
                OnnxTensor types = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[length]), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            float[][] states = ((float[][][]) result.get(0).getValue())[0];
            return mean(states);
        }
    }

    private static float[] mean(float[][] states) {
        float[] mean = new float[DIMENSIONS];
        for (float[] state : states) {
            for (int index = 0; index < DIMENSIONS; index++) {
                mean[index] += state[index] / states.length;
            }
        }
        return mean;
    }
}
