package dev.gantry.provider.offline;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.Embedder;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * The provider that needs no key and no network. Its model for conversations, {@code extract}, answers with sentences and phrases of the
 * last user message: a summary by extraction, deterministic and in bounded time and memory. It reads off the system
 * message which parts are wanted (see {@link Wish}) and how many entries. Temperature, seed and the like have no meaning
 * here and are ignored; tools, pictures and JSON are refused as {@link Failure#UNSUPPORTED}.
 *
 * <p>Token counts are exact, not estimates: this model has no tokenizer of its own but the one by which Gantry counts, so
 * that tokenizer is its definition.
 *
 * <p>Thread-safe. Computes on the calling thread; of inputs over a million characters only a few are worked on at a time.
 */
public final class OfflineProvider implements ChatProvider {
    /** The name under which this provider is known. */
    public static final String NAME = "offline";

    /** The name of its model for conversations. */
    public static final String MODEL = "extract";

    /** The name of its model for embeddings. */
    public static final String EMBEDDING_MODEL = "all-minilm-l6-v2";

    private final LongSupplier nanoTime;
    private final Semaphore largeInputs =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);

    private final OfflineEmbedder embedder;

    /** Creates the provider; the embedding model is loaded when it is first asked for. */
    public OfflineProvider() {
        this(System::nanoTime);
    }

    OfflineProvider(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.embedder = new OfflineEmbedder(nanoTime);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<ListedModel> listModels(CallContext context) {
        return List.of(ListedModel.of(MODEL), new ListedModel(EMBEDDING_MODEL, true));
    }

    /**
     * Accepts a request; the extraction runs at the first {@link ChatReply#next()} that needs it.
     *
     * @throws ProviderException {@link Failure#UNKNOWN_MODEL} for any model but {@value #MODEL}, {@link Failure#UNSUPPORTED}
     *     for tools, pictures and JSON, {@link Failure#REJECTED} without a user message that holds text
     */
    @Override
    public ChatReply chat(ChatRequest request, CallContext context) throws ProviderException {
        if (!request.model().equals(MODEL)) {
            throw new ProviderException(
                    Failure.UNKNOWN_MODEL,
                    "The provider 'offline' has no model '" + request.model()
                            + "' for conversations; its only one is 'extract'",
                    null);
        }
        refuseUnsupported(request);
        String source = textOfLast(request.messages(), Role.USER);
        if (source.isBlank()) {
            throw new ProviderException(
                    Failure.REJECTED, "The input is empty: offline/extract needs text from which to extract", null);
        }
        return new ExtractReply(request, source, new Pace(nanoTime, context.timeout()), largeInputs);
    }

    /** It draws no tokens and does not reason. */
    @Override
    public ChatOption.Support support(ChatOption option, ChatRequest request) {
        return option == ChatOption.STOP ? ChatOption.Support.TAKEN : ChatOption.Support.WITHOUT_EFFECT;
    }

    @Override
    public Optional<Embedder> embedder() {
        return Optional.of(embedder);
    }

    /** Ends the work on embeddings; other replies compute on their readers' threads and end with them. */
    @Override
    public void close() {
        embedder.close();
    }

    private static void refuseUnsupported(ChatRequest request) throws ProviderException {
        boolean tools = !request.tools().isEmpty() && !(request.toolChoice() instanceof ToolChoice.None);
        if (tools
                || request.toolChoice() instanceof ToolChoice.Any
                || request.toolChoice() instanceof ToolChoice.Named) {
            throw unsupported("call tools");
        }
        switch (request.outputFormat()) {
            case OutputFormat.PlainText plain -> {}
            case OutputFormat.AnyJson json -> throw unsupported("answer in JSON");
            case OutputFormat.JsonSchema schema -> throw unsupported("answer by a JSON schema");
        }
        for (Message message : request.messages()) {
            for (Part part : message.parts()) {
                switch (part) {
                    case Part.Text text -> {}
                    case Part.Reasoning reasoning -> {}
                    case Part.CacheMark mark -> {}
                    case Part.InlineImage image -> throw unsupported("read pictures");
                    case Part.LinkedImage image -> throw unsupported("read pictures");
                    case Part.ToolCall call -> throw unsupported("continue a conversation with tool calls");
                    case Part.ToolResult result -> throw unsupported("continue a conversation with tool calls");
                }
            }
        }
    }

    private static ProviderException unsupported(String what) {
        return new ProviderException(
                Failure.UNSUPPORTED,
                "The model offline/extract cannot " + what
                        + ": it extracts sentences and phrases from text. Choose a model of another provider",
                null);
    }

    private static String textOfLast(List<Message> messages, Role role) {
        for (Message message : messages.reversed()) {
            if (message.role() == role) {
                return textOf(message);
            }
        }
        return "";
    }

    /** Returns the text parts of a message, one below the other. */
    static String textOf(Message message) {
        List<String> texts = message.parts().stream()
                .filter(Part.Text.class::isInstance)
                .map(part -> ((Part.Text) part).text())
                .toList();
        return texts.size() == 1 ? texts.getFirst() : String.join("\n\n", texts);
    }
}
