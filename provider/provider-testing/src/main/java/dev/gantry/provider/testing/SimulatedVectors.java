package dev.gantry.provider.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Random;

/** Vectors that depend on nothing but their text. */
public final class SimulatedVectors {
    /** The length when none is asked for. */
    public static final int DIMENSIONS = 8;

    private SimulatedVectors() {}

    /** Returns the vector of a text. */
    public static float[] of(String text, int dimensions) {
        Random random = new Random(text.hashCode());
        float[] vector = new float[dimensions];
        for (int index = 0; index < dimensions; index++) {
            vector[index] = random.nextFloat() - 0.5f;
        }
        return vector;
    }

    /** Returns a vector as base64 of little-endian floats. */
    public static String base64(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
