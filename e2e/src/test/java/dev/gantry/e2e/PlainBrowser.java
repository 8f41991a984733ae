package dev.gantry.e2e;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pages, forms, redirects and cookies, and nothing else of a browser. Cookies belong to a host and port. */
final class PlainBrowser {
    private static final int REDIRECTS_MAX = 12;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern FORM = Pattern.compile("(?is)<form\\b[^>]*>.*?</form>");
    private static final Pattern INPUT = Pattern.compile("(?is)<input\\b[^>]*>");

    private final Map<String, Map<String, String>> jar = new HashMap<>();

    /** Where a browser arrived. */
    record Page(URI address, int status, String body) {
        /** Returns the only form, or the first. */
        Form form() {
            Matcher form = FORM.matcher(body);
            if (!form.find()) {
                throw new AssertionError("There is no form at " + address + ":\n" + body);
            }
            Map<String, String> fields = new LinkedHashMap<>();
            Matcher input = INPUT.matcher(form.group());
            while (input.find()) {
                String name = attribute(input.group(), "name");
                if (!name.isEmpty()) {
                    fields.put(name, attribute(input.group(), "value"));
                }
            }
            return new Form(address.resolve(attribute(form.group(), "action")), fields);
        }
    }

    /** What a page would have sent. */
    record Form(URI action, Map<String, String> fields) {
        Form with(String name, String value) {
            Map<String, String> all = new LinkedHashMap<>(fields);
            all.put(name, value);
            return new Form(action, all);
        }
    }

    private static String attribute(String tag, String name) {
        Matcher matcher =
                Pattern.compile("(?i)\\b" + name + "\\s*=\\s*\"([^\"]*)\"").matcher(tag);
        return matcher.find()
                ? matcher.group(1)
                        .replace("&quot;", "\"")
                        .replace("&#39;", "'")
                        .replace("&#x2F;", "/")
                        .replace("&#61;", "=")
                        .replace("&amp;", "&")
                : "";
    }

    Page get(URI address) {
        return follow(HttpRequest.newBuilder(address).GET(), address);
    }

    Page send(Form form) {
        String body = form.fields().entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return follow(
                HttpRequest.newBuilder(form.action())
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                form.action());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Page follow(HttpRequest.Builder first, URI start) {
        URI address = start;
        HttpResponse<String> response = exchange(first, address);
        for (int count = 0; response.statusCode() / 100 == 3; count++) {
            if (count > REDIRECTS_MAX) {
                throw new AssertionError("Redirects without end, at " + address);
            }
            address = address.resolve(response.headers().firstValue("Location").orElseThrow());
            response = exchange(HttpRequest.newBuilder(address).GET(), address);
        }
        return new Page(address, response.statusCode(), response.body());
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request, URI address) {
        Map<String, String> cookies = jar.computeIfAbsent(address.getAuthority(), any -> new LinkedHashMap<>());
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            for (String header : response.headers().allValues("Set-Cookie")) {
                String pair = header.split(";", 2)[0];
                int equals = pair.indexOf('=');
                if (header.contains("Max-Age=0") || equals == pair.length() - 1) {
                    cookies.remove(pair.substring(0, equals));
                } else {
                    cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
            return response;
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
