package dev.gantry.gateway;

import dev.gantry.guard.Inspection;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.NativeReply;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

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

    Guarded(Admitted admitted, Inspection prompt, AnswerRules rules) {
        this.admitted = admitted;
        this.prompt = prompt;
        this.rules = rules;
    }

    /** Returns the request with its text as the guard left it. */
    public Admitted admitted() {
        return admitted;
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
    NativeReply over(NativeReply reply, Prompt.Raw raw, String provider) {
        if (raw.operation() != Operation.CHAT) {
            // Vectors and counts have no text.
            return reply;
        }
        return new GuardedNative(reply, raw.schema(), begin(), rules.begin(), provider);
    }

    /** Puts the guard before a provider's answer; {@code received} gathers it as the provider gave it. */
    ChatReply over(ChatReply reply, ChatAnswer.Builder received) {
        Inspection answer = begin();
        return new GuardedReply(
                reply,
                Guard.inspector(answer),
                new AnswerTexts(() -> GuardedNative.flow(answer)),
                rules.begin(),
                received);
    }
}
