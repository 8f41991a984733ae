package dev.gantry.gateway;

import dev.gantry.gateway.ClientParameters.Parameter;
import dev.gantry.gateway.ClientParameters.Way;
import dev.gantry.gateway.GatewaySettings.ParameterHandling;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatOption.Support;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ClientSchema.Operation;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides which parameters of a request a model's provider can be given, so that nothing that a caller asked for is left out
 * without being told.
 *
 * @param untranslatable what is done about a parameter of the client's interface that the provider has nothing like
 * @param unknown what is done about one that Gantry does not know
 */
record ParameterPolicy(ParameterHandling untranslatable, ParameterHandling unknown) {
    private static final int NAME_LENGTH_MAX = 60;
    private static final int IGNORED_MAX = 20;

    /** What becomes of one parameter at one provider. */
    enum Fate {
        /** The provider gets it. */
        TAKEN,
        /** It is left out, and the reply says so. */
        IGNORED,
        /** It is more than a hint, and the provider has nothing like it. */
        UNTRANSLATABLE
    }

    /** Returns what becomes of a parameter where a request is translated. */
    static Fate fate(Parameter parameter, ChatProvider provider, ChatRequest request) {
        return switch (parameter.way()) {
            case Way.Conversation _ -> Fate.TAKEN;
            case Way.Hint _ -> Fate.IGNORED;
            case Way.Untranslatable _ -> Fate.UNTRANSLATABLE;
            case Way.Option option -> fate(option.option(), provider.support(option.option(), request), request);
        };
    }

    private static Fate fate(ChatOption option, Support support, ChatRequest request) {
        // An effort without thinking, which only Anthropic's own models have.
        boolean unsaid = option == ChatOption.REASONING_EFFORT && request.reasoningEffort() == null;
        return switch (support) {
            case TAKEN -> unsaid ? Fate.IGNORED : Fate.TAKEN;
            case WITHOUT_EFFECT -> Fate.IGNORED;
            case MISSING -> option.isHint() || unsaid ? Fate.IGNORED : Fate.UNTRANSLATABLE;
        };
    }

    /**
     * Checks a request before it is sent to a model.
     *
     * @return the parameters that the provider does not get, fit for a header; empty where the request is not translated
     * @throws GantryException {@link ErrorCode#UNSUPPORTED_BY_MODEL} if one of them must not be left out
     */
    List<String> ignored(Prompt prompt, Model model, ChatProvider provider) {
        if (!(prompt instanceof Prompt.Raw raw)
                || raw.operation() == Operation.TOKEN_COUNT
                || provider.nativeEndpoint(raw.schema()).isPresent()) {
            return List.of();
        }
        GivenParameters given = raw.parameters();
        if (given.isEmpty()) {
            return List.of();
        }
        ChatRequest request = raw.conversation().withModel(model.upstreamName());
        List<String> ignored = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Parameter parameter : given.known()) {
            switch (fate(parameter, provider, request)) {
                case TAKEN -> {}
                case IGNORED -> ignored.add(parameter.name());
                case UNTRANSLATABLE ->
                    (untranslatable == ParameterHandling.IGNORE ? ignored : refused).add(parameter.name());
            }
        }
        if (!refused.isEmpty()) {
            throw refusal(
                    refused,
                    "is not possible with " + named(model)
                            + ", whose provider has nothing like it; leave it out, choose "
                            + "a model whose provider speaks " + interfaceOf(given.schema())
                            + " itself, or have the operator set gateway.untranslatable_parameters: ignore");
        }
        if (!given.unknown().isEmpty() && unknown == ParameterHandling.REFUSE) {
            throw refusal(given.unknown(), unknownProblem(given, model));
        }
        given.unknown().forEach(name -> ignored.add(shown(name)));
        return ignored.size() > IGNORED_MAX ? ignored.subList(0, IGNORED_MAX) : ignored;
    }

    private static String unknownProblem(GivenParameters given, Model model) {
        String nearest = Text.didYouMean(
                shown(given.unknown().getFirst()),
                ClientParameters.of(given.schema()).names());
        return "is not known here and cannot be translated for " + named(model) + nearest
                + "; leave it out, or have the operator set gateway.unknown_parameters: ignore";
    }

    private static String named(Model model) {
        return "model '" + model.name() + "' of provider '" + model.provider() + "'";
    }

    private static GantryException refusal(List<String> names, String problem) {
        List<FieldError> errors = names.stream()
                .map(name -> new FieldError("/" + shown(name).replace('.', '/'), problem))
                .toList();
        List<String> shown = names.stream().map(ParameterPolicy::shown).toList();
        return new GantryException(
                ErrorCode.UNSUPPORTED_BY_MODEL, "'" + String.join("', '", shown) + "' " + problem, errors, null, null);
    }

    /** A name that the caller made up goes into a header. */
    private static String shown(String name) {
        String start = name.length() > NAME_LENGTH_MAX ? name.substring(0, NAME_LENGTH_MAX) : name;
        return start.replaceAll("[^A-Za-z0-9_.-]", "?");
    }

    private static String interfaceOf(ClientSchema schema) {
        return switch (schema) {
            case OPENAI_CHAT -> "OpenAI's chat completions";
            case OPENAI_RESPONSES -> "OpenAI's responses";
            case OPENAI_EMBEDDINGS -> "OpenAI's embeddings";
            case ANTHROPIC_MESSAGES, ANTHROPIC_TOKEN_COUNT -> "Anthropic's messages";
        };
    }
}
