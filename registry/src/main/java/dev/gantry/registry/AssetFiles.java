package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.nio.charset.StandardCharsets;

/** Assets as files of a library that has a directory for each namespace: what {@link LibraryPath#inNamespace} reads again. */
final class AssetFiles {
    private AssetFiles() {}

    static String path(AssetKind kind, AssetName name) {
        String namespace = name.namespace() + "/";
        return switch (kind) {
            case PATTERN -> namespace + "patterns/" + name.path() + "/system.md";
            case CONTEXT -> namespace + "contexts/" + name.path();
            case STRATEGY -> namespace + "strategies/" + name.path() + ".json";
            case WORKFLOW -> namespace + "workflows/" + name.path() + ".yaml";
        };
    }

    static byte[] content(AssetKind kind, String content) {
        String text = kind == AssetKind.STRATEGY ? strategy(content) : content;
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns the form that Fabric reads; a text that says more than this form can is in it as a whole, besides. */
    private static String strategy(String content) {
        PatternSource source;
        try {
            source = FrontMatterReader.read(content);
        } catch (GantryException unreadable) {
            // Stored by a release that read front matter in another way: one old text must not keep all others back.
            return Json.object().put("prompt", content).put("content", content).toPrettyString() + "\n";
        }
        String description = source.frontMatter().description();
        ObjectNode json = Json.object();
        if (description != null) {
            json.put("description", description);
        }
        json.put("prompt", source.body());
        if (!Builtins.strategyText(Json.write(json)).equals(content)) {
            json.put("content", content);
        }
        return json.toPrettyString() + "\n";
    }
}
