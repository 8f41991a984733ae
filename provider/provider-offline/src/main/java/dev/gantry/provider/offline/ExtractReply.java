package dev.gantry.provider.offline;

import dev.gantry.kernel.Ids;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.TokenEstimator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One answer of {@code offline/extract}: announces itself at once, then computes, then yields sentence by sentence.
 */
final class ExtractReply implements ChatReply {
    /** Longest text that is given back whole when there is nothing to extract from. */
    static final int AS_IT_STANDS_CHARS_MAX = 4_000;

    /** Longer inputs, in characters, wait for one of a few places, since each takes a multiple of its size in memory. */
    static final int LARGE_CHARS = 1_000_000;

    private final ChatRequest request;
    private final String source;
    private final Pace pace;
    private final Semaphore largeInputs;
    private final Deque<ChatEvent> events = new ArrayDeque<>();
    private State state = State.NEW;

    private enum State {
        NEW,
        STARTED,
        COMPUTED,
        CLOSED
    }

    ExtractReply(ChatRequest request, String source, Pace pace, Semaphore largeInputs) {
        this.request = request;
        this.source = source;
        this.pace = pace;
        this.largeInputs = largeInputs;
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        return switch (state) {
            case NEW -> {
                state = State.STARTED;
                yield new ChatEvent.Started("extract-" + Ids.next(), OfflineProvider.MODEL);
            }
            case STARTED -> {
                compute();
                state = State.COMPUTED;
                yield events.poll();
            }
            case COMPUTED -> {
                pace.check();
                yield events.poll();
            }
            case CLOSED ->
                throw new ProviderException(
                        Failure.UNAVAILABLE, "The reply of the provider 'offline' was closed before it was read", null);
        };
    }

    @Override
    public void close() {
        if (state != State.COMPUTED || !events.isEmpty()) {
            state = State.CLOSED;
            events.clear();
        }
    }

    private void compute() throws ProviderException {
        boolean large = source.length() > LARGE_CHARS;
        if (large) {
            awaitPlace();
        }
        try {
            pace.check();
            Bounded answer = Bounded.of(answer(), request.outputTokensMax(), request.stop());
            long input = 0;
            for (Message message : request.messages()) {
                input += TokenEstimator.count(OfflineProvider.textOf(message));
                pace.check();
            }
            fill(answer, input);
        } finally {
            if (large) {
                largeInputs.release();
            }
        }
    }

    private void awaitPlace() throws ProviderException {
        try {
            if (!largeInputs.tryAcquire(Math.max(0, pace.remainingNanos()), TimeUnit.NANOSECONDS)) {
                throw new ProviderException(
                        Failure.TIMEOUT,
                        "The provider 'offline' is busy with other large inputs; the time allowed passed while waiting",
                        null);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            pace.check();
        }
    }

    private void fill(Bounded answer, long inputTokens) {
        if (request.stream()) {
            answer.pieces().forEach(piece -> events.add(new ChatEvent.TextDelta(piece)));
        } else if (!answer.pieces().isEmpty()) {
            events.add(new ChatEvent.TextDelta(String.join("", answer.pieces())));
        }
        long outputTokens = TokenEstimator.count(String.join("", answer.pieces()));
        var usage = new TokenUsage(inputTokens, outputTokens, 0, 0, 0, false);
        events.add(new ChatEvent.Finished(answer.reason(), usage, answer.stopSequence()));
    }

    /** Says as much as fits: a bound on the output first costs main points, and only then cuts the text. */
    private Answer answer() throws ProviderException {
        String instructions = request.messages().stream()
                .filter(message -> message.role() == Role.SYSTEM)
                .map(OfflineProvider::textOf)
                .collect(Collectors.joining("\n"));
        Wish wish = Wish.of(instructions);
        Extract extract = Extractor.extract(source, wish, pace);
        boolean nothingToLeaveOut = extract.gist() == null || extract.sentences() <= 2;
        if (nothingToLeaveOut && source.length() <= AS_IT_STANDS_CHARS_MAX) {
            return Answer.asItStands(source);
        }
        if (extract.gist() == null) {
            throw withoutProse(extract);
        }
        Answer answer = Answer.of(extract, wish, !instructions.isBlank());
        Integer outputTokensMax = request.outputTokensMax();
        while (outputTokensMax != null
                && !extract.points().isEmpty()
                && TokenEstimator.count(answer.text()) > outputTokensMax) {
            extract = extract.withoutWeakestPoint();
            answer = Answer.of(extract, wish, !instructions.isBlank());
        }
        return answer;
    }

    private static ProviderException withoutProse(Extract extract) {
        return new ProviderException(
                Failure.REJECTED,
                "offline/extract found no prose in the input (" + extract.sentences()
                        + (extract.sentences() == 1 ? " sentence" : " sentences")
                        + "; code blocks and tables do not count), so there is nothing to extract",
                null);
    }

    /**
     * An answer cut to the caller's bounds.
     *
     * @param pieces what is left of it
     * @param stopSequence the sequence that ended it; null when none did
     */
    record Bounded(
            List<String> pieces,
            FinishReason reason,
            @Nullable String stopSequence) {
        /** Cuts at the earliest stop sequence, which is not part of the answer, and at the bound on tokens. */
        static Bounded of(Answer answer, @Nullable Integer outputTokensMax, List<String> stop) {
            String text = answer.text();
            int end = text.length();
            String stopSequence = null;
            for (String sequence : stop) {
                int found = sequence.isEmpty() ? -1 : text.indexOf(sequence);
                if (found >= 0 && found < end) {
                    end = found;
                    stopSequence = sequence;
                }
            }
            FinishReason reason = stopSequence == null ? FinishReason.STOP : FinishReason.STOP_SEQUENCE;
            if (outputTokensMax != null && TokenEstimator.count(text.substring(0, end)) > outputTokensMax) {
                end = longestPrefix(text, end, outputTokensMax);
                reason = FinishReason.LENGTH;
                stopSequence = null;
            }
            return new Bounded(cut(answer.pieces(), end), reason, stopSequence);
        }

        /** Returns the end of the longest run of whole words that has at most so many tokens. */
        private static int longestPrefix(String text, int end, int tokensMax) {
            int low = 0;
            int high = end;
            while (low < high) {
                int middle = (low + high + 1) >>> 1;
                if (TokenEstimator.count(text.substring(0, middle)) <= tokensMax) {
                    low = middle;
                } else {
                    high = middle - 1;
                }
            }
            int space = text.lastIndexOf(' ', low);
            int wordEnd = low < end && space > 0 ? space : low;
            while (wordEnd > 0 && TokenEstimator.count(text.substring(0, wordEnd)) > tokensMax) {
                wordEnd--;
            }
            return wordEnd;
        }

        private static List<String> cut(List<String> pieces, int end) {
            int left = end;
            List<String> kept = new ArrayList<>();
            for (String piece : pieces) {
                if (left <= 0) {
                    break;
                }
                kept.add(piece.length() <= left ? piece : piece.substring(0, left));
                left -= piece.length();
            }
            return kept;
        }
    }
}
