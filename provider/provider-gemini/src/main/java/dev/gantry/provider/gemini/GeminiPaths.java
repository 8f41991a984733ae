package dev.gantry.provider.gemini;

import dev.gantry.provider.PathSegment;
import dev.gantry.provider.ProviderSettings;
import java.net.URI;

/** Where things are at the Gemini API. */
record GeminiPaths(URI base, String version) {
    private static final URI GOOGLE = URI.create("https://generativelanguage.googleapis.com");
    private static final String VERSION_DEFAULT = "v1beta";

    /** Takes the address with its version at the end, too. */
    static GeminiPaths of(ProviderSettings settings) {
        String text = settings.baseUrl().orElse(GOOGLE).toString().replaceFirst("/+$", "");
        String version = settings.apiVersion().orElse(VERSION_DEFAULT);
        if (text.matches(".*/v[0-9]+(alpha|beta)?[0-9]*")) {
            int slash = text.lastIndexOf('/');
            version = settings.apiVersion().orElse(text.substring(slash + 1));
            text = text.substring(0, slash);
        }
        if (!version.matches("[A-Za-z0-9.-]+")) {
            throw new IllegalArgumentException("api_version is a name such as v1beta");
        }
        return new GeminiPaths(URI.create(text), version);
    }

    /** Returns the path of a method of a model, such as {@code generateContent}. */
    String method(String model, String name) {
        return "/" + version + "/" + resource(model) + ":" + name;
    }

    String models() {
        return "/" + version + "/models?pageSize=1000";
    }

    /** Returns the name of a model as a resource: {@code models/gemini-2.5-flash}, {@code tunedModels/mine}. */
    static String resource(String model) {
        int slash = model.indexOf('/');
        String collection = slash < 0 ? "models" : model.substring(0, slash);
        return PathSegment.of(collection) + "/" + PathSegment.of(model.substring(slash + 1));
    }
}
