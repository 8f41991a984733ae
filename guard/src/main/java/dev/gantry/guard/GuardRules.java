package dev.gantry.guard;

import java.util.List;

/**
 * The rules that hold for a team, as people read them.
 *
 * @param minimumConfidence how sure a detector must be, in percent
 * @param reversible whether callers get redacted values back in answers
 * @param kinds what is done about each kind, in the order in which detectors are listed
 */
public record GuardRules(int minimumConfidence, boolean reversible, List<OfKind> kinds) {
    /** Copies the list. */
    public GuardRules {
        kinds = List.copyOf(kinds);
    }

    /**
     * What is done about one kind of finding.
     *
     * @param kind its name in settings and findings, such as {@code credit_card}
     * @param groups the groups that it belongs to, such as {@code api_keys}
     * @param prompt in what callers write
     * @param documents in results of tools and documents within prompts; differs for prompt injection alone
     * @param answer in what models write
     */
    public record OfKind(String kind, List<String> groups, Action prompt, Action documents, Action answer) {
        /** Copies the list. */
        public OfKind {
            groups = List.copyOf(groups);
        }
    }

    static GuardRules of(Rules prompt, Rules answer) {
        return new GuardRules(
                prompt.least(),
                prompt.isReversible(),
                prompt.kinds().stream()
                        .filter(kind -> kind.index() != Kinds.HARMLESS.index())
                        .map(kind -> new OfKind(
                                kind.id(),
                                kind.groups(),
                                prompt.action(kind),
                                kind.index() == Kinds.PROMPT_INJECTION.index()
                                        ? prompt.injection().documents()
                                        : prompt.action(kind),
                                answer.action(kind)))
                        .toList());
    }
}
