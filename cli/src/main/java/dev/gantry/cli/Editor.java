package dev.gantry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Lets a person change a text in their own editor. */
final class Editor {
    private final Context context;

    Editor(Context context) {
        this.context = context;
    }

    /**
     * Opens the editor over a text and waits for its end.
     *
     * @param name shown in the draft's file name
     * @return the new text; null when it is unchanged
     * @throws CommandFailure if the editor cannot be started or reports failure
     */
    @Nullable
    String edit(String name, String text) {
        String editor =
                context.variable("VISUAL").or(() -> context.variable("EDITOR")).orElse("vi");
        try {
            Path draft = Files.createTempFile("gantry-", "-" + name.replaceAll("[^A-Za-z0-9._-]", "_") + ".md");
            try {
                Files.writeString(draft, text);
                context.terminal().flush();
                // By the shell, since the variables hold whole command lines such as "code --wait".
                int code = new ProcessBuilder("/bin/sh", "-c", editor + " \"$1\"", "sh", draft.toString())
                        .inheritIO()
                        .start()
                        .waitFor();
                if (code != 0) {
                    throw new CommandFailure(
                            "The editor '" + editor + "' ended with code " + code, "Nothing was saved");
                }
                String edited = Files.readString(draft);
                return edited.equals(text) ? null : edited;
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException failed) {
            throw new CommandFailure("The text cannot be edited: " + failed.getMessage(), "Set EDITOR to your editor");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Cancelled");
        }
    }
}
