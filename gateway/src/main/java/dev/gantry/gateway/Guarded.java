package dev.gantry.gateway;

import dev.gantry.guard.Inspection;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.EventsReply;
import dev.gantry.provider.JsonCursor.Malformed;
import dev.gantry.provider.NativeReply;
import dev.gantry.provider.ProviderException;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A request whose text has passed the guard, and the guard of its answer. Only {@link Guard} makes one. Several attempts at the
 * answer may run at a time; all else is for the request's own thread.
 */
public final class Guarded {
    private static final String WITHHELD = "[withheld by the guard]";

    private final Admitted admitted;
    private final Inspection prompt;
    private final List<Inspection> answers = new CopyOnWriteArrayList<>();
    private final AnswerRules rules;
    private CacheOutcome cache = CacheOutcome.NONE;
    private @Nullable Recorder recorder;

    Guarded(Admitted admitted, Inspection prompt, AnswerRules rules) {
        this.admitted = admitted;
        this.prompt = prompt;
        this.rules = rules;
    }

    /** Returns the request with its text as the guard left it. */
    public Admitted admitted() {
        return admitted;
    }

    /** Notes what the cache had to do with the request; before it is executed. */
    void cached(CacheOutcome outcome) {
        cache = outcome;
    }

    /** Returns what the cache had to do with the request. */
    CacheOutcome cache() {
        return cache;
    }

    /** Lets providers be heard, so that what they say can be kept; before the request is executed. */
    void overhear(Recorder by) {
        recorder = by;
    }

    /** Returns what was found so far. */
    public GuardReport report() {
        GuardReport report = new GuardReport(prompt.findings(), List.of()).with(rules.findings());
        for (Inspection answer : answers) {
            report = report.with(answer.findings());
        }
        return report;
    }

    /**
     * Returns a text of this request or its answer as it may be kept: with placeholders, whatever the caller got. Nothing is
     * counted any more that this finds.
     */
    public String stored(String text) {
        try {
            String replaced = prompt.inspect(text);
            return replaced == null ? text : replaced;
        } catch (GantryException blocked) {
            return WITHHELD;
        }
    }

    /** Each attempt at an answer has an inspection of its own, since two may run at a time. */
    private Inspection begin() {
        Inspection answer = prompt.answer();
        answers.add(answer);
        return answer;
    }

    /** Puts the guard before a provider's reply in the client's own schema. */
    NativeReply over(NativeReply reply, Prompt.Raw raw, Model model) {
        if (raw.operation() != Operation.CHAT) {
            // Vectors and counts have no text.
            return reply;
        }
        NativeReply said = recorder == null ? reply : recorder.over(model, reply);
        return new GuardedNative(said, raw.schema(), begin(), rules.begin(), model.provider());
    }

    /** Puts the guard before a provider's answer; {@code received} gathers it as the provider gave it. */
    ChatReply over(ChatReply reply, ChatAnswer.Builder received, Model model) {
        if (recorder != null) {
            recorder.listen(model, received);
        }
        Inspection answer = begin();
        return new GuardedReply(
                reply,
                Guard.inspector(answer),
                new AnswerTexts(() -> GuardedNative.flow(answer)),
                rules.begin(),
                received);
    }

    /**
     * Returns what a provider said in the client's own schema as it may be kept for others: by the rules for answers, with
     * placeholders.
     *
     * @throws GantryException if nothing of it may be kept
     */
    byte[] kept(byte[] said, Prompt.Raw raw) {
        Inspection keeping = prompt.kept();
        if (keeping.passesAll()) {
            return said;
        }
        if (raw.stream()) {
            KeptStream kept = new KeptStream();
            GuardedStream guarded = new GuardedStream(
                    kept,
                    new EventTexts(raw.schema(), Guard.inspector(keeping)),
                    new AnswerTexts(() -> GuardedNative.flow(keeping)),
                    rules.begin(),
                    "cache");
            guarded.write(Buffer.buffer(said));
            guarded.finish();
            return kept.bytes();
        }
        try {
            byte[] changed = new JsonTexts(Guard.inspector(keeping)).inspect(said, 0, said.length, false);
            return changed == null ? said : changed;
        } catch (Malformed malformed) {
            throw new GantryException(ErrorCode.PROVIDER_BAD_REPLY, "An answer could not be inspected", malformed);
        }
    }

    /**
     * Returns an answer as it may be kept for others; see {@link #kept(byte[], Prompt.Raw)}.
     *
     * @throws GantryException if nothing of it may be kept
     */
    ChatAnswer kept(ChatAnswer said) {
        Inspection keeping = prompt.kept();
        if (keeping.passesAll()) {
            return said;
        }
        ChatAnswer.Builder kept = new ChatAnswer.Builder();
        try (GuardedReply guarded = new GuardedReply(
                new EventsReply(StoredAnswer.events(said)),
                Guard.inspector(keeping),
                new AnswerTexts(() -> GuardedNative.flow(keeping)),
                rules.begin(),
                new ChatAnswer.Builder())) {
            for (ChatEvent event = guarded.next(); event != null; event = guarded.next()) {
                kept.add(event);
            }
        } catch (ProviderException impossible) {
            throw new GantryException(ErrorCode.INTERNAL, "Events in memory broke off", impossible);
        }
        return kept.build();
    }
}
