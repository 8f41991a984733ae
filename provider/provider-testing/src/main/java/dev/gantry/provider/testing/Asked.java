package dev.gantry.provider.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the simulator understands of a request.
 *
 * @param model the model, as it was asked for
 * @param stream whether the answer is wanted bit by bit
 * @param usageInStream whether the stream is to end with numbers
 * @param lastUserText the text of the last message of the user
 * @param outputTokensMax the bound on the answer, in pieces
 * @param stop texts that end the answer
 * @param firstTool the name of the first tool; null when there is none
 */
record Asked(
        String model,
        boolean stream,
        boolean usageInStream,
        String lastUserText,
        int outputTokensMax,
        List<String> stop,
        @Nullable String firstTool) {
    /** Returns the same as a request for a whole reply. */
    Asked withoutStream() {
        return new Asked(model, false, false, lastUserText, outputTokensMax, stop, firstTool);
    }
}
