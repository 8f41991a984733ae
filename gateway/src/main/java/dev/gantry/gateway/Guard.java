package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardFinding;
import dev.gantry.guard.GuardPolicies;
import dev.gantry.guard.Inspection;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Inspects what goes to a provider and what comes back, by the operator's rules. Only this class makes a {@link Guarded}, and
 * nothing can be sent to a provider without one: a new endpoint passes here or does not compile. Thread-safe.
 */
public final class Guard {
    private static final byte[] INPUT = "input".getBytes(StandardCharsets.US_ASCII);

    private final GuardPolicies policies;
    private final AnswerRules.Book answers;
    private final GatewayObserver observer;

    /**
     * A guard by the operator's rules.
     *
     * @param observer learns what is found
     */
    public Guard(GuardPolicies policies, AnswerSettings answers, GatewayObserver observer) {
        this.policies = policies;
        this.answers = new AnswerRules.Book(answers);
        this.observer = observer;
    }

    /**
     * Passes a request on, as it is or with text replaced.
     *
     * @param entry learns kinds and counts of what was found
     * @throws GantryException {@link ErrorCode#CONTENT_BLOCKED} if it must not go on
     */
    Guarded inspect(Admitted admitted, AuditEntry entry) {
        Inspection inspection = policies.open(admitted.caller().team(), Direction.PROMPT);
        Prompt prompt = admitted.prompt();
        try {
            prompt = inspected(prompt, inspection);
            Inspection again = policies.open(admitted.caller().team(), Direction.PROMPT);
            if (!isSame(prompt, admitted.prompt()) && hasPlaceholders(admitted.prompt(), again)) {
                inspection = again;
                prompt = inspected(admitted.prompt(), inspection);
            }
        } finally {
            note("guard_prompt", inspection.findings(), entry);
        }
        Admitted passed = isSame(prompt, admitted.prompt()) ? admitted : admitted.with(prompt);
        return new Guarded(passed, inspection, answers.of(admitted.prompt()));
    }

    /** Tells audit log and metrics what was found in the answer. */
    void note(Guarded guarded, AuditEntry entry) {
        note("guard_answer", guarded.report().answer(), entry);
    }

    private void note(String detail, List<GuardFinding> findings, AuditEntry entry) {
        if (!findings.isEmpty()) {
            entry.detail(detail, new AuditDetail.Text(GuardReport.compact(findings)));
            findings.forEach(finding -> observer.found(finding.kind(), GuardReport.id(finding), finding.count()));
        }
    }

    /**
     * Shows what the rules would make of a conversation, without effect on metrics.
     *
     * @throws GantryException {@link ErrorCode#CONTENT_BLOCKED} if it would not pass
     */
    public Preview preview(Caller caller, ChatRequest conversation) {
        Inspection inspection = policies.open(caller.team(), Direction.PROMPT);
        ChatRequest guarded = ChatRequestTexts.inspect(conversation, inspector(inspection));
        return new Preview(guarded, new GuardReport(inspection.findings(), List.of()));
    }

    /**
     * What the guard makes of a conversation.
     *
     * @param conversation as a model would get it
     */
    public record Preview(ChatRequest conversation, GuardReport report) {}

    /** Returns the rules themselves, for whoever wants to know them. */
    public GuardPolicies policies() {
        return policies;
    }

    /** Opens an inspection of single texts, for whoever wants to try the rules. */
    public Inspection open(@Nullable String team, Direction direction) {
        return policies.open(team, direction);
    }

    /**
     * Holds data of a free form, such as the arguments of a tool, against the rules: each text with the name of its field, as
     * in a body.
     *
     * @return the data with replacements; the same object when nothing was replaced
     * @throws GantryException {@link ErrorCode#CONTENT_BLOCKED} if it must not pass, {@link ErrorCode#INVALID_REQUEST} if it is
     *     nested too deeply
     */
    public static JsonNode inspected(JsonNode data, Inspection inspection) {
        byte[] json = Json.write(data);
        try {
            byte[] changed = new JsonTexts(inspector(inspection)).inspect(json, 0, json.length, true);
            return changed == null ? data : Json.read(changed);
        } catch (Malformed malformed) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "The data could not be inspected: it is " + malformed.getMessage());
        }
    }

    /** The same object means: nothing was replaced. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Object guarded, Object original) {
        return guarded == original;
    }

    static TextInspector inspector(Inspection inspection) {
        return new TextInspector() {
            @Override
            public void inspect(byte[] utf8, int contextFrom, int from, int to, TextEdits edits) {
                inspection.inspect(utf8, contextFrom, from, to, edits);
            }

            @Override
            public boolean weighsDocuments() {
                return inspection.weighsDocuments();
            }

            @Override
            public void document(boolean isDocument) {
                inspection.document(isDocument);
            }
        };
    }

    private static Prompt inspected(Prompt prompt, Inspection inspection) {
        if (inspection.isOff()) {
            return prompt;
        }
        return switch (prompt) {
            case Prompt.Raw raw -> inspected(raw, inspection);
            case Prompt.Composed composed -> {
                ChatRequest changed = ChatRequestTexts.inspect(composed.conversation(), inspector(inspection));
                yield isSame(changed, composed.conversation()) ? composed : composed.with(changed);
            }
        };
    }

    private static Prompt.Raw inspected(Prompt.Raw raw, Inspection inspection) {
        byte[] body = raw.body();
        try {
            if (raw.schema() == ClientSchema.OPENAI_EMBEDDINGS) {
                refuseTokens(body);
            }
            byte[] changed = new JsonTexts(inspector(inspection)).inspect(body, 0, body.length, false);
            return changed == null ? raw : raw.with(changed);
        } catch (Malformed malformed) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "The body could not be inspected: it is " + malformed.getMessage());
        }
    }

    /** What texts the tokens of some model stand for is not known here, so they cannot be inspected. */
    private static void refuseTokens(byte[] body) throws Malformed {
        JsonCursor cursor = new JsonCursor();
        cursor.reset(body, 0, body.length);
        cursor.enterObject();
        while (cursor.nextField()) {
            if (!cursor.nameIs(INPUT) || !cursor.atArray()) {
                cursor.skip();
                continue;
            }
            cursor.enterArray();
            while (cursor.nextItem()) {
                if (!cursor.atString()) {
                    throw new GantryException(
                            ErrorCode.CONTENT_BLOCKED,
                            "'input' holds tokens, which the operator's rules on text cannot be held against; send text");
                }
                cursor.skip();
            }
        }
    }

    /** Whether placeholders stand in a prompt already; {@code inspection} gives none of them to another value then. */
    private static boolean hasPlaceholders(Prompt prompt, Inspection inspection) {
        return switch (prompt) {
            case Prompt.Raw raw -> inspection.reserve(raw.body(), 0, raw.body().length);
            case Prompt.Composed composed -> {
                boolean[] any = new boolean[1];
                ChatRequestTexts.inspect(
                        composed.conversation(),
                        (utf8, contextFrom, from, to, edits) -> any[0] |= inspection.reserve(utf8, from, to));
                yield any[0];
            }
        };
    }
}
