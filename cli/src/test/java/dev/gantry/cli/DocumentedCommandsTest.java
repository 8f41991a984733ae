package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Commands and options that the documents show must exist; their arguments are often placeholders and are not looked at. */
class DocumentedCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern COMMAND = Pattern.compile("(?m)(?:^[ \\t]*(?:\\$ )?|`)(?:\\./)?gantry ([^`\\n]+)");
    private static final Pattern END = Pattern.compile("\\s#|[|>]|&&|;\\s|\\\\$");
    private static final Pattern WORD = Pattern.compile("[a-z][a-z-]*");
    private static final Pattern OPTION = Pattern.compile("(--[a-z][a-z-]*|-[a-zA-Z])(?:[=\\[,].*)?");
    private static final int SHOWN_LEAST = 50;

    private final Map<String, CommandLine> commands = new HashMap<>();
    private final Set<String> launched = new HashSet<>();

    @Test
    void shouldExist() throws IOException {
        Context context = Context.ofProcess();
        for (Commands.Group group : Commands.GROUPS) {
            for (Commands.Entry entry : group.entries()) {
                try {
                    commands.put(entry.name(), entry.factory().apply(context));
                } catch (CommandFailure ofTheLauncher) {
                    launched.add(entry.name());
                }
            }
        }
        List<String> wrong = new ArrayList<>();
        int shown = 0;
        for (Path document : documents()) {
            Matcher command = COMMAND.matcher(Files.readString(document));
            for (; command.find(); shown++) {
                String line = END.split(command.group(1), 2)[0].strip();
                String problem = problem(line);
                if (problem != null) {
                    wrong.add("%s: gantry %s: %s".formatted(ROOT.relativize(document), line, problem));
                }
            }
        }

        assertThat(wrong).isEmpty();
        assertThat(shown).isGreaterThan(SHOWN_LEAST);
    }

    private @Nullable String problem(String line) {
        List<String> words = Arrays.asList(line.split("\\s+"));
        String first = words.getFirst();
        if (launched.contains(first) || !WORD.matcher(first).matches()) {
            return null;
        }
        CommandLine command = commands.get(first);
        if (command == null) {
            return List.of("help", "serve").contains(first) ? null : "there is no such command";
        }
        int next = 1;
        while (next < words.size() && !command.getSubcommands().isEmpty()) {
            String word = words.get(next);
            CommandLine found = command.getSubcommands().get(word);
            if (found == null) {
                boolean isWord = WORD.matcher(word).matches();
                if (isWord) {
                    return "there is no '" + word + "'";
                }
                break;
            }
            command = found;
            next++;
        }
        for (String word : words.subList(next, words.size())) {
            Matcher option = OPTION.matcher(word);
            boolean isUnknown = option.matches()
                    && !option.group(1).equals("--help")
                    && command.getCommandSpec().findOption(option.group(1)) == null
                    && command.getSubcommands().isEmpty();
            if (isUnknown) {
                return "there is no option " + option.group(1);
            }
        }
        return null;
    }

    private static List<Path> documents() throws IOException {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .toList();
        }
    }
}
