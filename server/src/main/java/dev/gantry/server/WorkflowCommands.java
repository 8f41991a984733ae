package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Checked;
import dev.gantry.workflow.WorkflowReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** {@code workflow validate FILE}: what storing a workflow would say of it, without a platform. */
final class WorkflowCommands {
    private static final int BYTES_MAX = 4 * 1024 * 1024;

    private WorkflowCommands() {}

    static int validate(Options options, InputStream in, PrintStream out) {
        String file = options.key();
        if (file == null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "Name the file of the workflow, or - for standard input");
        }
        Checked checked = WorkflowReader.open().check(read(file, in));
        String shown = file.equals("-") ? "standard input" : file;
        if (options.json()) {
            out.println(
                    WorkflowsApi.report(checked.findings()).put("file", shown).toPrettyString());
        } else {
            checked.findings()
                    .forEach(finding ->
                            out.println(shown + ":" + (finding.position().line() == 0 ? " " : "") + finding + " ["
                                    + finding.rule().id() + "]"));
            int errors = checked.errors().size();
            out.println(errors == 0 ? shown + " is valid." : errors + (errors == 1 ? " error." : " errors."));
        }
        return checked.isUsable() ? 0 : 1;
    }

    private static String read(String file, InputStream in) {
        try (InputStream stream = file.equals("-") ? in : Files.newInputStream(Path.of(file))) {
            byte[] bytes = stream.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new GantryException(
                        ErrorCode.REQUEST_TOO_LARGE, "'" + file + "' has more than " + BYTES_MAX + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException unreadable) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND, "'" + file + "' cannot be read; is it there and a file?", unreadable);
        }
    }
}
